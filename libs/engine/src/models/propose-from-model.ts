import {
  describeDuration,
  NO_SUCCESS,
  type Alternative,
  type Proposal,
  type SuccessEstimate,
} from '@smart-retry/domain';
import type { Contribution } from '@smart-retry/ml';
import { toFourDigits } from '../four-digits.js';
import { inUnequalHundredths } from '../hundredths.js';
import { Z_90 } from '../odds-correction.js';
import { worthLess } from '../why-not.js';
import { chanceDeviation, type RankedDelay, type Ranking } from './rank-delays.js';
import type { LoadedModel } from './serving-models.js';

/** Half width of the jitter around a delay that a model proposes, as a share of it. */
const JITTER_RATIO = 0.1;
/** Alternatives shown with an answer. */
const MAX_ALTERNATIVES = 3;
/** Features named in the rationale. */
const MAX_NAMED_FEATURES = 2;

/** What a model that is sure enough would do, and why. */
export function proposeFromModel(
  model: LoadedModel,
  ranking: Ranking,
  answer: {
    readonly confidence: number;
    readonly maxDelayMs: number;
    /** Of the best delay, or of the least bad one where the model would stop. */
    readonly contributions: readonly Contribution[];
  },
): Proposal {
  const { version } = model.description;
  const best = ranking.delays[ranking.best];
  const others = byValue(ranking.delays.filter((_, i) => i !== ranking.best));
  return {
    kind: 'proposal',
    layer: 'ml',
    action: best === undefined ? 'stop' : 'retry',
    delayMs: best?.delayMs ?? 0,
    floorMs: 0,
    capMs: answer.maxDelayMs,
    jitterRatio: JITTER_RATIO,
    estimate: best === undefined ? NO_SUCCESS : estimateOf(model, best),
    confidence: answer.confidence,
    rationale: explain(version, best, others, answer.contributions),
    reasons: [best === undefined ? 'not_worth_its_cost' : 'worth_most'],
    alternatives: others.slice(0, MAX_ALTERNATIVES).map((other) => alternativeTo(best, other)),
    modelVersion: version,
  };
}

/** What a model expects of a delay. */
export function estimateOf(
  model: LoadedModel,
  { successProbability }: Pick<RankedDelay, 'successProbability'>,
): SuccessEstimate {
  const margin = Z_90 * chanceDeviation(model, successProbability);
  return {
    successProbability,
    interval: [Math.max(0, successProbability - margin), Math.min(1, successProbability + margin)],
  };
}

function byValue(delays: readonly RankedDelay[]): readonly RankedDelay[] {
  return [...delays].sort((a, b) => b.value - a.value);
}

function alternativeTo(best: RankedDelay | undefined, other: RankedDelay): Alternative {
  const { delayMs, successProbability, value } = other;
  return {
    delayMs,
    estimatedSuccess: toFourDigits(successProbability),
    value: toFourDigits(value),
    whyNot: worthLess(value, best?.value ?? 0),
  };
}

function explain(
  version: string,
  best: RankedDelay | undefined,
  [other]: readonly RankedDelay[],
  contributions: readonly Contribution[],
): string {
  const wait = (delayMs: number) => (delayMs < 1_000 ? 'retrying at once' : `waiting ${describeDuration(delayMs)}`);
  const shown = best ?? other;
  const [mostWorth, otherWorth] = inUnequalHundredths(best?.value ?? 0, other?.value ?? 0);
  const worth =
    best === undefined
      ? `no retry is worth its cost${other === undefined ? '' : `: ${wait(other.delayMs)}, the best of them, is worth ${otherWorth}`}`
      : `${wait(best.delayMs)} is worth ${mostWorth}${other === undefined ? '' : `, ${wait(other.delayMs)} ${otherWorth}`}`;
  if (shown === undefined) return worth;
  const percent = Math.round(100 * shown.successProbability);
  const named = contributions
    .slice(0, MAX_NAMED_FEATURES)
    .map(({ feature, logit }) => `${feature} ${logit < 0 ? '−' : '+'}${Math.abs(logit).toFixed(2)}`);
  const mostly = named.length === 0 ? '' : `, mostly by ${named.join(' and ')} (logits)`;
  return `${worth}; model ${version} expects ${percent} % of such retries to succeed${mostly}`;
}
