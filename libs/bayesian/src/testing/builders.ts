import type { BayesianMemory } from '../bayesian-memory.js';
import { DELAY_BINS } from '../delay-grid.js';
import type { FailureContext } from '../failure-context.js';
import type { BayesianQuestion } from '../question.js';

/** 2026-01-15T14:30:00Z */
export const T0 = 1_768_487_400_000;

/** One delay of each bin. */
export const SOME_DELAYS: readonly number[] = DELAY_BINS.map(({ delayMs }) => delayMs);

/** A first timeout of an e-mail job, at the beginning of an incident. */
export function someContext(changes: Partial<FailureContext> = {}): FailureContext {
  return { jobType: 'email_send', errorClass: 'timeout', attemptNumber: 1, incidentAgeMs: 0, ...changes };
}

/** What to do about it at `T0`, with ten attempts and delays up to five minutes, if rules waited two seconds. */
export function someQuestion(changes: Partial<BayesianQuestion> = {}): BayesianQuestion {
  return {
    context: someContext(),
    nowMs: T0,
    objective: { valueHalfLifeMs: 1_800_000, attemptCost: 0.03 },
    bounds: { minDelayMs: 0, maxDelayMs: 300_000, maxAttempts: 10, processingMs: 0 },
    floorMs: 0,
    ceilingMs: Number.POSITIVE_INFINITY,
    rulesDelayMs: 2_000,
    exploration: { enabled: true, maxShare: 0.2, anchorShare: 0.02 },
    ...changes,
  };
}

/** Teaches, at `T0`, outcomes of an outage that is over after a while: longer waits succeed, shorter ones fail. */
export function teachOutage(
  memory: BayesianMemory,
  { outcomes, isOverAfterMs, context = someContext() }: OutageLesson,
): void {
  for (let i = 0; i < outcomes; i++) {
    const delayMs = SOME_DELAYS[i % SOME_DELAYS.length] ?? 0;
    memory.learn({ context, delayMs, success: delayMs >= isOverAfterMs, atMs: T0 });
  }
}

export interface OutageLesson {
  readonly outcomes: number;
  readonly isOverAfterMs: number;
  readonly context?: FailureContext;
}
