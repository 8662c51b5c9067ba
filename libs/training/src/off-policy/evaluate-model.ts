import { DELAY_BUCKETS, delayBucketIndex, type Objective, type TaughtRetry } from '@smart-retry/domain';
import type { ScoringModel } from '@smart-retry/ml';
import { evaluateOffPolicy, type OffPolicyEvaluation } from './evaluate-off-policy.js';
import type { LoggedChoice } from './logged-choice.js';
import { judgeOffPolicy, type OffPolicyVerdict } from './off-policy-verdict.js';

export interface PolicyEvaluation {
  readonly verdict: OffPolicyVerdict;
  readonly reason: string;
  /** Null where no decision says with which probability it was made. */
  readonly evaluation: OffPolicyEvaluation | null;
}

const STOP = DELAY_BUCKETS.length;
const LAST_ATTEMPT_GROUP = 4;

/**
 * What the model's choices would have been worth on decisions that it was not trained on: decided by it once, and
 * everything later as logged. It would wait as long as is worth most among the waits that were tried after like failures.
 */
export function evaluateModel(
  model: Pick<ScoringModel, 'scoreDelays'>,
  rows: readonly TaughtRetry[],
  objective: Objective,
): PolicyEvaluation {
  const valued = valuesOf(rows, objective);
  const waits = triedWaits(valued);
  const carryingOn = meanCarryingOn(valued);
  const evaluation = evaluateOffPolicy(
    valued.flatMap((decision) => {
      const { row, value } = decision;
      if (row.propensity === undefined || !(row.propensity > 0)) return [];
      const predicted = expectedValues(model, decision, { waits, carryingOn, objective });
      const target = new Float64Array(STOP + 1);
      target[bestOf(predicted)] = 1;
      const choice: LoggedChoice = {
        job: row.jobId,
        group: groupOf(row),
        action: delayBucketIndex(row.delayMs),
        propensity: Math.min(1, row.propensity),
        reward: value,
        target,
        predicted: predicted.map((q) => (Number.isFinite(q) ? q : 0)),
      };
      return [choice];
    }),
    { knownAction: STOP },
  );
  return { ...judgeOffPolicy(evaluation), evaluation };
}

interface ValuedDecision {
  readonly row: TaughtRetry;
  /** `g(wait)·(g(work)·(1 or the value of the next decision) − attempt cost)`. */
  readonly value: number;
  /** Worth of what came after a failed retry; null after a success. */
  readonly after: number | null;
}

/** Before the last retry of a job has been looked at. */
const NOTHING: ValuedDecision | null = null as ValuedDecision | null;

/** Each job from its last retry backwards; a job whose middle is missing says nothing before the gap. */
function valuesOf(rows: readonly TaughtRetry[], objective: Objective): readonly ValuedDecision[] {
  const jobs = groupBy(rows, ({ jobId, context }) => `${context.tenant ?? ''} ${jobId}`);
  const valued: ValuedDecision[] = [];
  for (const job of jobs.values()) {
    job.sort((a, b) => b.context.attemptNumber - a.context.attemptNumber);
    let next = NOTHING;
    for (const row of job) {
      if (next !== null && next.row.context.attemptNumber !== row.context.attemptNumber + 1) break;
      const after: number | null = row.success ? null : (next?.value ?? 0);
      const work = discountAt(objective, row.processingTimeMs ?? 0);
      const value: number = discountAt(objective, row.delayMs) * (work * (after ?? 1) - objective.attemptCost);
      next = { row, value, after };
      valued.push(next);
    }
  }
  return valued;
}

function groupOf({ context }: TaughtRetry): string {
  return `${Math.min(context.attemptNumber, LAST_ATTEMPT_GROUP)} ${context.errorClass}`;
}

/** The median wait of each bucket that was tried in a group; NaN where none was. */
function triedWaits(decisions: readonly ValuedDecision[]): ReadonlyMap<string, Float64Array> {
  const groups = groupBy(decisions, ({ row }) => groupOf(row));
  return new Map(
    [...groups].map(([group, members]) => {
      const buckets = groupBy(members, ({ row }) => delayBucketIndex(row.delayMs));
      const medians = new Float64Array(STOP).fill(Number.NaN);
      for (const [bucket, tried] of buckets) {
        const waits = tried.map(({ row }) => row.delayMs).sort((a, b) => a - b);
        medians[bucket] = waits[Math.floor(waits.length / 2)] ?? Number.NaN;
      }
      return [group, medians];
    }),
  );
}

function meanCarryingOn(decisions: readonly ValuedDecision[]): number {
  const failed = decisions.flatMap(({ after }) => (after === null ? [] : [after]));
  return failed.length === 0 ? 0 : failed.reduce((sum, value) => sum + value, 0) / failed.length;
}

/** What the model expects of each action: −∞ of a wait that was never tried, 0 of a stop. */
function expectedValues(
  model: Pick<ScoringModel, 'scoreDelays'>,
  { row }: ValuedDecision,
  {
    waits,
    carryingOn,
    objective,
  }: { waits: ReadonlyMap<string, Float64Array>; carryingOn: number; objective: Objective },
): readonly number[] {
  const tried = waits.get(groupOf(row)) ?? new Float64Array(STOP).fill(Number.NaN);
  const delays = tried.map((delayMs) => (Number.isNaN(delayMs) ? 0 : delayMs));
  const chances = new Float64Array(STOP);
  model.scoreDelays(row.context, delays, chances);
  const work = discountAt(objective, row.processingTimeMs ?? 0);
  const ofWaits = Array.from(tried, (delayMs, i) => {
    if (Number.isNaN(delayMs)) return -Infinity;
    const p = chances[i] ?? 0;
    return discountAt(objective, delayMs) * (work * (p + (1 - p) * carryingOn) - objective.attemptCost);
  });
  return [...ofWaits, 0];
}

function bestOf(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? -Infinity) ? i : best), STOP);
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** `g(t) = 2^(−t / half-life)`. */
function discountAt({ valueHalfLifeMs }: Objective, elapsedMs: number): number {
  return 2 ** (-elapsedMs / valueHalfLifeMs);
}
