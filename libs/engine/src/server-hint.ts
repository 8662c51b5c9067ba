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

type HintLimits = Pick<GuardrailSettings, 'maxDelayMs' | 'maxHintMs'>;

/** How long a wait a server is believed to need. */
export function longestHintMs({ maxHintMs, maxDelayMs }: HintLimits): number {
  return Math.min(maxHintMs ?? maxDelayMs, maxDelayMs);
}

/**
 * Takes a server's hint (`Retry-After`) as a floor, never as a ceiling: `max(own, hint) + U(0, 0.1 · hint)`.
 * A hint beyond `maxHintMs` or the largest delay is not obeyed but deferred: waiting less than it asks would burn an attempt.
 * @param hint.isShared whether it came with another job
 */
export function applyServerHint(
  plan: DelayPlan,
  { hintMs, isShared }: { readonly hintMs: number; readonly isShared: boolean },
  guardrails: HintLimits,
): HintedPlan {
  const unchanged = { plan, isDeferred: false, effects: [], reasons: [], because: [] };
  if (hintMs <= 0) return unchanged;
  const longestMs = longestHintMs(guardrails);
  const asking = isShared ? 'the server asked another job for' : 'the server asked for';
  if (hintMs > longestMs) {
    const [asked, allowed] = describeUnequalDurations(hintMs, longestMs);
    return {
      plan: { delayMs: longestMs, floorMs: 0, capMs: longestMs, jitterRatio: HINT_JITTER_RATIO, isFloored: false },
      isDeferred: true,
      effects: [{ name: 'max_delay', before: hintMs, after: longestMs }],
      reasons: ['hint_beyond_cap'],
      because: [`${asking} ${asked}, more than the ${allowed} that may be waited`],
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
    because: [`${asking} at least ${describeDuration(hintMs)}`],
  };
}
