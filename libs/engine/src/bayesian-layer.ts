import {
  describeDuration,
  explorationOf,
  learnedUntilMs,
  objectiveOf,
  type Abstention,
  type Alternative,
  type ReasonCode,
} from '@smart-retry/domain';
import { viewOf, type BayesianMemory, type BayesianView } from '@smart-retry/bayesian';
import { proposeFromDefault, proposeFromRules } from '@smart-retry/rules';
import { learnedBoundsOf } from './learned-bounds.js';
import type { Layer, LayerContext } from './layers.js';
import { timeLeftOf } from './time-left.js';

/** Half width of the jitter around a learned delay, as a share of it. */
const JITTER_RATIO = 0.1;
/** Alternatives shown with an answer. */
const MAX_ALTERNATIVES = 3;

/** The layer that speaks from what was learned, once it is confident enough. */
export function createBayesianLayer(memory: BayesianMemory): Layer {
  return (context) => {
    const { features, policy, strategy } = context;
    const bounds = learnedBoundsOf(strategy, policy);
    if (features.attemptNumber >= bounds.maxAttempts) return abstain('bayesian_attempts_exhausted');
    const view = look(memory, context, bounds);
    if (view === null) return abstain('bayesian_no_posterior');
    const exploration = view.exploration === null ? {} : { exploration: view.exploration };
    if (view.confidence < strategy.bayesianThreshold) return { ...abstain('bayesian_unsure'), ...exploration };
    const { best } = view;
    return {
      kind: 'proposal',
      layer: 'bayesian',
      action: best === null ? 'stop' : 'retry',
      delayMs: best?.delayMs ?? 0,
      floorMs: 0,
      capMs: bounds.maxDelayMs,
      jitterRatio: JITTER_RATIO,
      estimate: { successProbability: best?.successProbability ?? 0, interval: best?.interval ?? [0, 0] },
      confidence: view.confidence,
      rationale: explain(view, features.jobType, features.errorClass),
      reasons: [best === null ? 'not_worth_its_cost' : 'worth_most'],
      alternatives: alternativesOf(view),
      modelVersion: null,
      ...exploration,
    };
  };
}

function look(
  memory: BayesianMemory,
  { features, policy, strategy, nowMs }: LayerContext,
  { maxAttempts, maxDelayMs }: ReturnType<typeof learnedBoundsOf>,
): BayesianView | null {
  const { guardrails, learning } = strategy;
  const rules = policy === null ? proposeFromDefault(features) : proposeFromRules(features, policy);
  const { untilDeadlineMs, untilMaxElapsedMs } = timeLeftOf(features, policy, nowMs);
  return viewOf(memory, {
    context: features,
    nowMs: Math.min(nowMs, learnedUntilMs(learning, features.jobType)),
    objective: objectiveOf(strategy, policy),
    bounds: {
      minDelayMs: guardrails.minDelayMs,
      maxDelayMs,
      maxAttempts,
      processingMs: roundToPowerOfTwo(features.avgProcessingTimeMs ?? 0),
    },
    floorMs: Math.min(features.retryAfterMs ?? 0, guardrails.maxHintMs ?? guardrails.maxDelayMs, maxDelayMs),
    ceilingMs: Math.min(untilDeadlineMs, untilMaxElapsedMs),
    rulesDelayMs:
      rules.kind === 'proposal' && rules.action === 'retry' ? Math.min(rules.delayMs, guardrails.maxDelayMs) : null,
    exploration: features.critical === true ? null : explorationOf(strategy, policy),
  });
}

/** Processing times differ from job to job, and only their order of magnitude matters beside a half-life of minutes. */
function roundToPowerOfTwo(ms: number): number {
  return ms < 1 ? 0 : 2 ** Math.round(Math.log2(ms));
}

function explain({ best, others, evidence }: BayesianView, jobType: string, errorClass: string): string {
  const [other] = others;
  const wait = (delayMs: number) => (delayMs < 1_000 ? 'retrying at once' : `waiting ${describeDuration(delayMs)}`);
  const tries = `retries of ${jobType} that waited ${evidence.waited} after ${errorClass}`;
  const seen =
    evidence.outcomes === 0
      ? `no ${tries} are known yet`
      : `${evidence.successes} of ${evidence.outcomes} ${tries} succeeded`;
  if (best === null) {
    const worth =
      other === undefined ? '' : `: ${wait(other.delayMs)}, the best of them, is worth ${other.value.toFixed(2)}`;
    return `no retry is worth its cost${worth}; ${seen}`;
  }
  const worth = `${wait(best.delayMs)} is worth ${best.value.toFixed(2)}`;
  const comparison = other === undefined ? '' : `, ${wait(other.delayMs)} ${other.value.toFixed(2)}`;
  return `${worth}${comparison}; ${seen}`;
}

function alternativesOf({ best, others }: BayesianView): readonly Alternative[] {
  const bestValue = best?.value ?? 0;
  return others.slice(0, MAX_ALTERNATIVES).map(({ delayMs, successProbability, value }) => ({
    delayMs,
    estimatedSuccess: successProbability,
    value,
    whyNot:
      value > bestValue
        ? 'worth more on average, but known well enough: the other has more to teach'
        : `worth ${value.toFixed(2)}, less than ${bestValue.toFixed(2)}`,
  }));
}

function abstain(reason: ReasonCode): Abstention {
  return { kind: 'abstention', layer: 'bayesian', reason };
}
