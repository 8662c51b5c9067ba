import {
  describeDuration,
  explorationOf,
  learnedUntilMs,
  NO_SUCCESS,
  objectiveOf,
  silenceOf,
  type Abstention,
  type Alternative,
  type Proposal,
  type RetryFeatures,
  type SuccessEstimate,
} from '@smart-retry/domain';
import { credibleInterval, viewOf, type BayesianMemory, type BayesianView } from '@smart-retry/bayesian';
import { rulesDelayMs } from '@smart-retry/rules';
import { toFourDigits } from './four-digits.js';
import { inHundredths, inUnequalHundredths } from './hundredths.js';
import { learnedBoundsOf, type LearnedBounds } from './learned-bounds.js';
import type { Layer, LayerContext } from './layers.js';
import { timeLeftOf } from './time-left.js';
import { worthLess } from './why-not.js';

/** Half width of the jitter around a learned delay, as a share of it. */
const JITTER_RATIO = 0.1;
/** Processing that takes less than this share of the half-life of the value changes no plan. */
const LEAST_PROCESSING_SHARE = 0.005;
/** Alternatives shown with an answer. */
const MAX_ALTERNATIVES = 3;

/** The layer that speaks from what was learned, once it is confident enough. */
export function createBayesianLayer(memory: BayesianMemory): Layer {
  /** A view is of one kind of failure under one plan, so that its words can be found again. */
  const spoken = new WeakMap<BayesianView, Proposal>();
  const spokenOfProbes = new WeakMap<BayesianView, Proposal>();
  const unsure = new WeakMap<BayesianView, Abstention>();
  return (context) => {
    const { features, policy, strategy } = context;
    const bounds = learnedBoundsOf(strategy, policy);
    if (features.attemptNumber >= bounds.maxAttempts) return silenceOf('bayesian', 'bayesian_attempts_exhausted');
    const view = lookAtBeliefs(memory, context, bounds);
    if (view === null) return silenceOf('bayesian', 'bayesian_no_posterior');
    const onceBack = () => onceBackOf(memory, context, bounds);
    if (!isSureEnough(view, strategy)) {
      return recall(unsure, view, () => ({
        ...abstainUnsure(view),
        ...(rulesDelayMs(features, policy) === null && onceBack()),
      }));
    }
    const said = recall(spoken, view, () => ({
      ...speak(view, features, bounds),
      ...(view.best === null && onceBack()),
    }));
    const mayBeProbe = context.isCalm === false && view.best !== null;
    return mayBeProbe ? recall(spokenOfProbes, view, () => ({ ...said, atOnce: atOnceOf(view) })) : said;
  };
}

/** Whether the layer speaks: what is believed is sure enough for the operator. */
export function isSureEnough(
  view: BayesianView | null,
  { bayesianThreshold }: LayerContext['strategy'],
): view is BayesianView {
  return view !== null && view.confidence >= bayesianThreshold;
}

/** What was said of a view, or is said of it now: frozen, since many decisions share it. */
function recall<Said extends object>(known: WeakMap<BayesianView, Said>, view: BayesianView, say: () => Said): Said {
  let said = known.get(view);
  if (said === undefined) {
    said = Object.freeze(say());
    known.set(view, said);
  }
  return said;
}

function abstainUnsure({ exploration }: BayesianView): Abstention {
  const unsure = silenceOf('bayesian', 'bayesian_unsure');
  return exploration === null ? unsure : { ...unsure, exploration };
}

function speak(view: BayesianView, { jobType, errorClass }: RetryFeatures, bounds: LearnedBounds): Proposal {
  const { best, confidence, exploration } = view;
  return {
    kind: 'proposal',
    layer: 'bayesian',
    action: best === null ? 'stop' : 'retry',
    delayMs: best?.delayMs ?? 0,
    floorMs: 0,
    capMs: bounds.maxDelayMs,
    jitterRatio: JITTER_RATIO,
    estimate: best === null ? NO_SUCCESS : estimateOf(best),
    value: toFourDigits(best?.value ?? 0),
    confidence: toFourDigits(confidence),
    rationale: explain(view, jobType, errorClass),
    reasons: [best === null ? 'not_worth_its_cost' : 'worth_most'],
    alternatives: alternativesOf(view),
    modelVersion: null,
    ...(exploration === null ? {} : { exploration }),
  };
}

/** What there is to say of the time after the incident: what is believed of a failure at the beginning of one. */
function onceBackOf(memory: BayesianMemory, context: LayerContext, bounds: LearnedBounds): Pick<Proposal, 'onceBack'> {
  const features = { ...context.features, incidentAgeMs: 0 };
  const then = lookAtBeliefs(memory, { ...context, features }, bounds)?.best ?? null;
  return then === null ? {} : { onceBack: estimateOf(then) };
}

/** What there is to say of a probe, which goes at once whatever delay had been planned. */
function atOnceOf({ atOnce: { successProbability, evidence } }: BayesianView): SuccessEstimate {
  return estimateOf({ successProbability, interval: credibleInterval(successProbability, evidence) });
}

function estimateOf({ successProbability, interval: [lo, hi] }: SuccessEstimate): SuccessEstimate {
  return {
    successProbability: toFourDigits(successProbability),
    interval: [toFourDigits(lo), toFourDigits(hi)],
  };
}

/** What is believed of a failure, within the bounds that learned layers have; null where nothing is known. */
export function lookAtBeliefs(
  memory: BayesianMemory,
  { features, policy, strategy, nowMs }: LayerContext,
  { maxAttempts, maxDelayMs }: LearnedBounds,
): BayesianView | null {
  const { guardrails, learning } = strategy;
  const rulesMs = rulesDelayMs(features, policy);
  const objective = objectiveOf(strategy, policy);
  const processingMs = features.avgProcessingTimeMs ?? 0;
  const { untilDeadlineMs, untilMaxElapsedMs } = timeLeftOf(features, policy, nowMs);
  return viewOf(memory, {
    context: features.retryAfterMs === undefined ? features : { ...features, hintMs: features.retryAfterMs },
    nowMs: Math.min(nowMs, learnedUntilMs(learning, features.jobType)),
    objective,
    bounds: {
      minDelayMs: guardrails.minDelayMs,
      maxDelayMs,
      maxAttempts,
      processingMs:
        processingMs < LEAST_PROCESSING_SHARE * objective.valueHalfLifeMs ? 0 : roundToPowerOfTwo(processingMs),
    },
    floorMs: Math.min(features.retryAfterMs ?? 0, guardrails.maxHintMs ?? guardrails.maxDelayMs, maxDelayMs),
    ceilingMs: Math.min(untilDeadlineMs, untilMaxElapsedMs),
    rulesDelayMs: rulesMs === null ? null : Math.min(rulesMs, guardrails.maxDelayMs),
    exploration: features.critical === true ? null : explorationOf(strategy, policy),
  });
}

/** Processing times differ from job to job, and only their order of magnitude matters beside a half-life of minutes. */
function roundToPowerOfTwo(ms: number): number {
  return ms < 1 ? 0 : 2 ** Math.round(Math.log2(ms));
}

function explain({ best, others, evidence, hintMs }: BayesianView, jobType: string, errorClass: string): string {
  const [other] = others;
  const wait = (delayMs: number) => (delayMs < 1_000 ? 'retrying at once' : `waiting ${describeDuration(delayMs)}`);
  const tries = `retries of ${jobType} that waited ${evidence.waited}${hintMs === undefined ? '' : " beyond the server's hint"} after ${errorClass}`;
  const seen =
    evidence.outcomes === 0
      ? `no ${tries} are known yet`
      : `${evidence.successes} of ${evidence.outcomes} ${tries} succeeded`;
  if (best === null) {
    const worth =
      other === undefined ? '' : `: ${wait(other.delayMs)}, the best of them, is worth ${inHundredths(other.value)}`;
    return `no retry is worth its cost${worth}; ${seen}`;
  }
  if (other === undefined) return `${wait(best.delayMs)} is worth ${inHundredths(best.value)}; ${seen}`;
  const [worth, otherWorth] = inUnequalHundredths(best.value, other.value);
  const why = other.value > best.value ? ', but has less to teach' : '';
  return `${wait(best.delayMs)} is worth ${worth}, ${wait(other.delayMs)} ${otherWorth}${why}; ${seen}`;
}

function alternativesOf({ best, others }: BayesianView): readonly Alternative[] {
  const bestValue = best?.value ?? 0;
  const alternatives = others.slice(0, MAX_ALTERNATIVES).map(({ delayMs, successProbability, value }) => ({
    delayMs,
    estimatedSuccess: toFourDigits(successProbability),
    value: toFourDigits(value),
    whyNot:
      value > bestValue
        ? 'worth more on average, but known well enough: the other has more to teach'
        : worthLess(value, bestValue),
  }));
  return Object.freeze(alternatives);
}
