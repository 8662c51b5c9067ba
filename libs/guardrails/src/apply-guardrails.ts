import { describeDuration, describeUnequalDurations, type GuardrailEffect, type ReasonCode } from '@smart-retry/domain';

/** A wait that is still to be jittered: whole milliseconds, `floorMs ≤ delayMs ≤ capMs`. */
export interface DelayPlan {
  readonly delayMs: number;
  readonly floorMs: number;
  readonly capMs: number;
  /** Half width of the jitter as a share of the delay, 0–1. */
  readonly jitterRatio: number;
  /** Whether jitter may only lengthen the wait, as below a server's hint. */
  readonly isFloored: boolean;
}

export interface DelayLimits {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Time left until the job's deadline; infinite without one. */
  readonly untilDeadlineMs: number;
  /** Time left until the policy's `maxElapsedMs` is used up; infinite without one. */
  readonly untilMaxElapsedMs: number;
}

export type GuardedPlan =
  | {
      readonly kind: 'allowed';
      readonly plan: DelayPlan;
      readonly effects: readonly GuardrailEffect[];
      readonly reasons: readonly ReasonCode[];
      /** Clauses for the rationale. */
      readonly because: readonly string[];
    }
  | {
      readonly kind: 'refused';
      readonly effect: GuardrailEffect;
      readonly reason: ReasonCode;
      readonly because: string;
    };

/**
 * The last gate before jitter, and the only code that may restrict what a layer proposed. It only ever narrows:
 * the plan that comes out lies within `[minDelayMs, maxDelayMs]` and ends before the deadline, or is refused.
 */
export function applyGuardrails(plan: DelayPlan, limits: DelayLimits): GuardedPlan {
  const effects: GuardrailEffect[] = [];
  const reasons: ReasonCode[] = [];
  const because: string[] = [];

  const maxMs = limits.maxDelayMs;
  const minMs = Math.min(limits.minDelayMs, maxMs);
  const delayMs = Math.min(Math.max(plan.delayMs, minMs), maxMs);
  if (plan.delayMs > maxMs) {
    effects.push({ name: 'max_delay', before: plan.delayMs, after: delayMs });
    reasons.push('delay_capped');
    because.push(`the guardrail caps the delay at ${describeDuration(maxMs)}`);
  } else if (plan.delayMs < minMs) {
    effects.push({ name: 'min_delay', before: plan.delayMs, after: delayMs });
    reasons.push('delay_raised');
    because.push(`the guardrail asks for at least ${describeDuration(minMs)}`);
  }

  const remainingMs = Math.min(limits.untilDeadlineMs, limits.untilMaxElapsedMs);
  if (delayMs > remainingMs) return refuse(delayMs, limits);

  // A layer's cap below the guardrail's floor says nothing any more; kept, it would align everyone at the floor.
  const layerCapMs = plan.capMs < minMs ? maxMs : plan.capMs;
  const capMs = Math.max(delayMs, Math.min(layerCapMs, maxMs, remainingMs));
  const floorMs = Math.min(Math.max(plan.floorMs, minMs), delayMs);
  const { jitterRatio, isFloored } = plan;
  return { kind: 'allowed', plan: { delayMs, floorMs, capMs, jitterRatio, isFloored }, effects, reasons, because };
}

function refuse(delayMs: number, limits: DelayLimits): GuardedPlan {
  const isDeadline = limits.untilDeadlineMs <= limits.untilMaxElapsedMs;
  const leftMs = isDeadline ? limits.untilDeadlineMs : limits.untilMaxElapsedMs;
  return {
    kind: 'refused',
    effect: { name: 'deadline', before: delayMs, after: null },
    reason: isDeadline ? 'deadline_before_retry' : 'max_elapsed_before_retry',
    because: describeEnd(isDeadline ? "the job's deadline" : "the policy's longest elapsed time", leftMs, delayMs),
  };
}

function describeEnd(end: string, leftMs: number, delayMs: number): string {
  if (leftMs < 0) return `${end} was over ${describeDuration(-leftMs)} ago`;
  const [left, wait] = describeUnequalDurations(leftMs, delayMs);
  return `${end} is in ${left}, before a wait of ${wait} is over`;
}

/** The closed range of whole milliseconds from which a plan's delay is drawn, inside the clamp. */
export function jitterRange(plan: DelayPlan): { readonly fromMs: number; readonly toMs: number } {
  const { delayMs, floorMs, capMs, jitterRatio, isFloored } = plan;
  const fromMs = isFloored ? delayMs : Math.ceil(delayMs * (1 - jitterRatio));
  // At the cap the range lies below it: clamping after jitter would let half of all jobs return in one millisecond.
  const toMs = Math.min(capMs, Math.floor(delayMs * (1 + jitterRatio)));
  return { fromMs: Math.max(fromMs, floorMs), toMs: Math.max(toMs, floorMs) };
}
