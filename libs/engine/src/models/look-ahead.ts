import type { ModelContext } from '@smart-retry/ml';
import type { CandidateDelay } from './candidate-delays.js';
import type { LoadedModel } from './serving-models.js';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Beyond so many further failures nothing is worth looking at. */
const MAX_STEPS = 10;
/** A chance from which on it hardly matters what is left after another failure. */
const GOOD_CHANCE = 0.5;

/** What bounds the attempts that are still to come. */
export interface Remaining {
  readonly maxAttempts: number;
  /** `g(t) = 2^(−t / valueHalfLifeMs)` */
  readonly valueHalfLifeMs: number;
  /** From now, in milliseconds; no retry may begin later. */
  readonly untilMs: number;
}

/**
 * What each candidate leaves after another failure, as the model itself foresees it: to wait the longest delay again and
 * again, and in the end perhaps a shorter one, for as long as that is worth its cost. Who has waited less by then gets
 * there later by as much. In the order of the candidates; null where one of them is good already,
 * or the model gives no number.
 */
export function foreseeLater(
  model: LoadedModel,
  context: ModelContext,
  { candidates, chances }: { readonly candidates: readonly CandidateDelay[]; readonly chances: Float64Array },
  { maxAttempts, valueHalfLifeMs, untilMs }: Remaining,
): readonly number[] | null {
  const longest = candidates.at(-1);
  if (longest === undefined || longest.delayMs === 0 || chances.some((chance) => chance >= GOOD_CHANCE)) return null;
  const steps = Math.min(MAX_STEPS, maxAttempts - context.attemptNumber - 1, Math.floor(untilMs / longest.delayMs) - 1);
  const probes = probesOf(candidates);
  const delaysMs = probes.map(({ delayMs }) => delayMs);
  const scored = new Float64Array(probes.length);
  let worth = 0;
  for (let step = steps; step >= 1; step--) {
    model.scoring.scoreDelays(after(context, step, longest.delayMs), delaysMs, scored);
    const afterwards = worth;
    worth = probes.reduce((most, { delayMs, gain, cost }, i) => {
      const chance = scored[i] ?? Number.NaN;
      const left = delayMs === longest.delayMs ? afterwards : 0;
      return Math.max(most, gain * (chance + (1 - chance) * left) - cost);
    }, 0);
  }
  if (Number.isNaN(worth)) return null;
  return candidates.map(({ delayMs }) => worth * 2 ** ((delayMs - longest.delayMs) / valueHalfLifeMs));
}

/** The shortest, the middle one and the longest. */
function probesOf(candidates: readonly CandidateDelay[]): readonly CandidateDelay[] {
  const last = candidates.length - 1;
  return [...new Set([0, last >> 1, last])].flatMap((at) => candidates[at] ?? []);
}

/** The failure that `steps` waits of `delayMs` lead to, as far as it can be known. */
function after(context: ModelContext, steps: number, delayMs: number): ModelContext {
  const { attemptNumber, failedAtMs, timeOfDay, incidentAgeMs } = context;
  const waitedMs = steps * delayMs;
  // Whole hours that a worker tells are complemented by the minutes of the moment.
  const minutesMs = failedAtMs === undefined ? 0 : failedAtMs % HOUR_MS;
  return {
    ...context,
    attemptNumber: attemptNumber + steps,
    ...(failedAtMs !== undefined && { failedAtMs: failedAtMs + waitedMs }),
    ...(timeOfDay !== undefined && {
      timeOfDay: Math.floor((timeOfDay * HOUR_MS + minutesMs + waitedMs) / HOUR_MS) % HOURS,
    }),
    ...(incidentAgeMs !== undefined && { incidentAgeMs: incidentAgeMs + waitedMs }),
  };
}
