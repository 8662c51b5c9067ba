import type { EpochMs, ExplorationPlan, ExplorationSettings, Objective, TriedAction } from '@smart-retry/domain';
import type { BayesianMemory } from './bayesian-memory.js';
import type { Beliefs } from './beliefs.js';
import { credibleInterval } from './beta.js';
import { BIN_COUNT, BUCKET_COUNT, bucketOfBin, delayBinIndex, delayOfBin } from './delay-grid.js';
import type { FailureContext } from './failure-context.js';
import { AGE_AFTER_WAIT, ageGroupOf } from './incident-age.js';
import type { Posterior } from './posterior.js';
import { STOP, tabulateThompson } from './thompson.js';
import { bestBin, boundedDelayOf, planKeyOf, valueOf, type PlanBounds, type ValueTerms } from './value.js';

export interface BayesianQuestion {
  readonly context: FailureContext;
  readonly nowMs: EpochMs;
  readonly objective: Objective;
  readonly bounds: PlanBounds;
  /** The shortest wait that makes sense now, for example a server's hint; ≥ 0. Where it is too long, the longest allowed is meant. */
  readonly floorMs: number;
  /** The longest wait that is of use now, for example what is left until a deadline; ∞ without one. */
  readonly ceilingMs: number;
  /** The delay that the rules ask for; null where they stop. */
  readonly rulesDelayMs: number | null;
  /** Null where exploring is out of the question. */
  readonly exploration: ExplorationSettings | null;
}

/** A delay and what it is thought to be worth. */
export interface ConsideredDelay {
  readonly delayMs: number;
  /** 0–1. */
  readonly successProbability: number;
  /** Expected discounted utility; stop is worth 0. */
  readonly value: number;
}

/** What was seen of one bucket of delays, for failures of this kind: decayed, and rounded to whole outcomes. */
export interface ObservedBucket {
  /** The bucket's label, for example `15-30s`. */
  readonly waited: string;
  readonly outcomes: number;
  readonly successes: number;
}

/** What the evidence says is worth most. */
export interface BayesianView {
  /** Null: no retry is worth its cost. */
  readonly best: (ConsideredDelay & { readonly interval: readonly [lo: number, hi: number] }) | null;
  /** The best delay of each other bucket, the most valuable first. */
  readonly others: readonly ConsideredDelay[];
  /** Chance that the best action is worth no less than the rules', the less the fewer outcomes are known; 0–1. */
  readonly confidence: number;
  readonly evidence: ObservedBucket;
  readonly exploration: ExplorationPlan | null;
}

/**
 * What an action that is not well known gains in posterior standard deviations when the best is chosen: what it teaches
 * is worth something. Not counted where exploring is out of the question.
 */
const INFORMATION_BONUS = 1;
/** Outcomes of a family below which confidence is reduced in proportion. */
const ENOUGH_OUTCOMES = 50;

/** The view of one failure; null while there is too little evidence to speak at all. */
export function viewOf(memory: BayesianMemory, question: BayesianQuestion): BayesianView | null {
  const beliefs = memory.beliefsOf(question.context, question.nowMs);
  return beliefs === null ? null : beliefs.viewFor(viewKeyOf(question), () => formView(beliefs, question));
}

function formView(beliefs: Beliefs, question: BayesianQuestion): BayesianView {
  const { context, objective, bounds, exploration } = question;
  const posterior = beliefs.posteriorFor(context);
  const ageGroup = ageGroupOf(context.incidentAgeMs);
  // What everybody has tried need not be tried again for each tenant.
  const tried = { means: posterior.means, evidence: beliefs.posterior(context.attemptNumber, ageGroup).evidence };
  const plan = beliefs.planFor(objective, bounds);
  const later =
    question.ceilingMs < bounds.maxDelayMs * (bounds.maxAttempts - context.attemptNumber)
      ? oneMoreTry(beliefs, plan.terms, question, ageGroup)
      : plan.carryingOn.afterWaits(context.attemptNumber, ageGroup);
  const { terms, longest } = narrow(plan.terms, question);
  const isExploring = exploration?.enabled === true;
  const best = bestBin(terms, isExploring ? withBonus(tried) : posterior.means, later);
  const rulesBin = rulesBinOf(question);
  const anchor = rulesBin === STOP ? -1 : Math.min(rulesBin, longest);
  const { shares, notWorse } = tabulateThompson(tried, terms, later, { best, anchor });
  const consider = (bin: number): ConsideredDelay => {
    const successProbability = posterior.means[bin] ?? 0;
    return {
      delayMs: boundedDelayOf(bin, bounds),
      successProbability,
      value: valueOf(terms, bin, successProbability, later[bin] ?? 0),
    };
  };
  const others = bestOfOtherBuckets(consider, best);
  return {
    best:
      best === -1
        ? null
        : { ...consider(best), interval: credibleInterval(posterior.means[best] ?? 0, posterior.evidence[best] ?? 0) },
    others,
    confidence: notWorse * Math.min(1, beliefs.familyCount / ENOUGH_OUTCOMES),
    evidence: beliefs.observedAt(best === -1 ? delayBinIndex(others[0]?.delayMs ?? 0) : best),
    exploration: isExploring ? explorationOf(shares, terms, posterior, { ...exploration, bounds }) : null,
  };
}

/**
 * What is left after each bin's wait where time runs out: the best of one more try that fits in, if one is allowed.
 * More tries than that are not counted on; shape [BIN_COUNT].
 */
function oneMoreTry(
  beliefs: Beliefs,
  terms: ValueTerms,
  { context, bounds, ceilingMs }: BayesianQuestion,
  ageGroup: number,
): Float64Array {
  const later = new Float64Array(BIN_COUNT);
  const next = context.attemptNumber + 1;
  if (next >= bounds.maxAttempts) return later;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const leftMs = ceilingMs - boundedDelayOf(bin, bounds) - bounds.processingMs;
    const { means } = beliefs.posterior(next, AGE_AFTER_WAIT[ageGroup * BIN_COUNT + bin] ?? 0);
    for (let then = 0; then < BIN_COUNT && delayOfBin(then) <= leftMs; then++) {
      later[bin] = Math.max(later[bin] ?? 0, valueOf(terms, then, means[then] ?? 0, 0));
    }
  }
  return later;
}

/** What is asked, but for the time: the same beliefs answer it the same. */
function viewKeyOf(question: BayesianQuestion): string {
  const { context, objective, bounds, exploration } = question;
  const { attemptNumber, incidentAgeMs, tenant = '' } = context;
  const now = `${delayBinIndex(question.floorMs)},${binsUntil(question.ceilingMs)},${timeKeyOf(question.ceilingMs)},${rulesBinOf(question)}`;
  const explores = exploration?.enabled === true ? `${exploration.maxShare},${exploration.anchorShare}` : '';
  return `${attemptNumber},${ageGroupOf(incidentAgeMs)},${now},${planKeyOf(objective, bounds)},${explores},${tenant}`;
}

/** The bin that the rules' delay falls into now; STOP where they stop, or would come too late. */
function rulesBinOf({ rulesDelayMs, floorMs, ceilingMs }: BayesianQuestion): number {
  if (rulesDelayMs === null) return STOP;
  const delayMs = Math.max(rulesDelayMs, floorMs);
  return delayMs > ceilingMs ? STOP : delayBinIndex(delayMs);
}

/** Ceilings that differ by less than an eighth leave about the same time for later. */
function timeKeyOf(ceilingMs: number): number {
  return ceilingMs <= 0 ? -1 : Math.floor(6 * Math.log2(1 + ceilingMs));
}

/** How many bins, from the shortest, are waited no longer than `ceilingMs`. */
function binsUntil(ceilingMs: number): number {
  let count = BIN_COUNT;
  while (count > 0 && delayOfBin(count - 1) > ceilingMs) count--;
  return count;
}

/** Bins below the floor and beyond the ceiling may not be waited; `longest` is the last that may, −1 where none may. */
function narrow(
  { gains, costs }: ValueTerms,
  { floorMs, ceilingMs }: BayesianQuestion,
): { readonly terms: ValueTerms; readonly longest: number } {
  const end = binsUntil(ceilingMs);
  const longest = gains.subarray(0, end).findLastIndex((gain) => gain > 0);
  // Who is asked to wait longer than is allowed waits as long as is allowed.
  const begin = Math.min(delayBinIndex(floorMs), Math.max(0, longest));
  const bar = (values: Float64Array, barred: number) => values.slice().fill(barred, 0, begin).fill(barred, end);
  return { terms: { gains: bar(gains, 0), costs: bar(costs, Number.POSITIVE_INFINITY) }, longest };
}

function withBonus({ means, evidence }: Posterior): Float64Array {
  return means.map((mean, bin) =>
    Math.min(1, mean + INFORMATION_BONUS * Math.sqrt((mean * (1 - mean)) / ((evidence[bin] ?? 0) + 1))),
  );
}

function bestOfOtherBuckets(consider: (bin: number) => ConsideredDelay, best: number): readonly ConsideredDelay[] {
  const byBucket = new Array<ConsideredDelay | undefined>(BUCKET_COUNT);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const bucket = bucketOfBin(bin);
    if (best !== -1 && bucket === bucketOfBin(best)) continue;
    const considered = consider(bin);
    if (considered.value > (byBucket[bucket]?.value ?? Number.NEGATIVE_INFINITY)) byBucket[bucket] = considered;
  }
  return byBucket.filter((considered) => considered !== undefined).sort((a, b) => b.value - a.value);
}

/** Every decision keeps its plan as evidence: digits that say nothing are most of what that costs. */
function toDigits(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

/** Thompson's shares, and beneath them a uniform anchor over all delays that may be waited, also where the plan says stop. */
function explorationOf(
  shares: Float64Array,
  { gains }: ValueTerms,
  { means, evidence }: Posterior,
  { maxShare, anchorShare, bounds }: ExplorationSettings & Pick<BayesianQuestion, 'bounds'>,
): ExplorationPlan | null {
  const share = maxShare + anchorShare;
  const allowed = gains.reduce((count, gain) => (gain > 0 ? count + 1 : count), 0);
  if (share <= 0 || allowed === 0) return null;
  const actions: TriedAction[] = [];
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const anchored = (gains[bin] ?? 0) > 0 ? anchorShare / allowed : 0;
    const weight = (maxShare * (shares[bin] ?? 0) + anchored) / share;
    if (weight > 0)
      actions.push([
        boundedDelayOf(bin, bounds),
        weight,
        toDigits(means[bin] ?? 0, 4),
        toDigits(evidence[bin] ?? 0, 1),
      ]);
  }
  const stopWeight = (maxShare * (shares[STOP] ?? 0)) / share;
  if (stopWeight > 0) actions.push([null, stopWeight]);
  return { share, actions };
}
