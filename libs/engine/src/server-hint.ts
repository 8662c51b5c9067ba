import {
  describeDuration,
  describeUnequalDurations,
  type GuardrailEffect,
  type GuardrailSettings,
  type ReasonCode,
} from '@smart-retry/domain';
import type { DelayPlan } from '@smart-retry/guardrails';

const HINT_JITTER_RATIO = 0.1;

export interface HintedPlan {
  readonly plan: DelayPlan;
  /** Whether to wait without burning an attempt and ask again: the hint reaches beyond what may be waited. */
  readonly isDeferred: boolean;
  readonly effects: readonly GuardrailEffect[];
  readonly reasons: readonly ReasonCode[];
  readonly because: readonly string[];
}

/**
 * Takes a server's hint (`Retry-After`) as a floor, never as a ceiling: `max(own, hint) + U(0, 0.1 · hint)`.
 * A hint beyond `maxHintMs` or the largest delay is not obeyed but deferred: waiting less than it asks would burn an attempt.
 */
export function applyServerHint(
  plan: DelayPlan,
  hintMs: number | undefined,
  guardrails: Pick<GuardrailSettings, 'maxDelayMs' | 'maxHintMs'>,
): HintedPlan {
  const unchanged = { plan, isDeferred: false, effects: [], reasons: [], because: [] };
  if (hintMs === undefined || hintMs <= 0) return unchanged;
  const longestMs = Math.min(guardrails.maxHintMs ?? guardrails.maxDelayMs, guardrails.maxDelayMs);
  if (hintMs > longestMs) {
    const [asked, allowed] = describeUnequalDurations(hintMs, longestMs);
    return {
      plan: { delayMs: longestMs, floorMs: 0, capMs: longestMs, jitterRatio: HINT_JITTER_RATIO, isFloored: false },
      isDeferred: true,
      effects: [{ name: 'max_delay', before: hintMs, after: longestMs }],
      reasons: ['hint_beyond_cap'],
      because: [`the server asked for ${asked}, more than the ${allowed} that may be waited`],
    };
  }
  if (hintMs <= plan.delayMs * (1 - plan.jitterRatio)) return unchanged;
  return {
    plan: {
      delayMs: Math.max(plan.delayMs, hintMs),
      floorMs: hintMs,
      capMs: Number.POSITIVE_INFINITY,
      jitterRatio: (HINT_JITTER_RATIO * hintMs) / Math.max(plan.delayMs, hintMs),
      isFloored: true,
    },
    isDeferred: false,
    effects: [],
    reasons: ['hint_applied'],
    because: [`the server asked for at least ${describeDuration(hintMs)}`],
  };
}
