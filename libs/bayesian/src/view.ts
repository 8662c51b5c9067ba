import type { ExplorationPlan, ExplorationSettings } from '@smart-retry/domain';
import { questionAfterHint, viewFromFailure } from './after-hint.js';
import type { BayesianMemory } from './bayesian-memory.js';
import type { Beliefs } from './beliefs.js';
import { credibleInterval } from './beta.js';
import { BIN_COUNT, bucketOfBin, delayBinIndex, delayOfBin } from './delay-grid.js';
import { explorationPlanOf } from './exploration-plan.js';
import { AGE_AFTER_WAIT, ageGroupOf } from './incident-age.js';
import type { Plan } from './plan.js';
import type { Posterior } from './posterior.js';
import { binsUntil, isShortOfTime, NO_BIN, questionKeyOf, rulesBinOf, type BayesianQuestion } from './question.js';
import { tabulateThompson } from './thompson.js';
import { bestBin, boundedDelayOf, valueOf, type ValueTerms } from './value.js';
import { zeros } from './zeros.js';

/** A delay and what it is thought to be worth. */
export interface ConsideredDelay {
  readonly delayMs: number;
  /** 0–1. */
  readonly successProbability: number;
  /** Expected discounted utility; stop is worth 0. */
  readonly value: number;
  /** V of carrying on after this delay and another failure, ≥ 0. */
  readonly valueAfterFailure: number;
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
  /** What is believed of a retry as soon as one may be: a chance, and how many independent outcomes it is worth. */
  readonly atOnce: { readonly successProbability: number; readonly evidence: number };
  /** Where the server's hint decides: how long it asks to wait. What was seen counts delays from there. */
  readonly hintMs?: number;
}

/**
 * What an action that is not well known gains in posterior standard deviations when the best is chosen: what it teaches
 * is worth something. Not counted where exploring is out of the question.
 */
const INFORMATION_BONUS = 1;
/** Outcomes of a family below which confidence is reduced, and of a kind above which its exploration is, in proportion. */
const ENOUGH_OUTCOMES = 50;
/** Of each bin, while they are compared; shape [BIN_COUNT]. */
const values = new Float64Array(BIN_COUNT);

/** The view of one failure; null while there is too little evidence to speak at all. */
export function viewOf(memory: BayesianMemory, question: BayesianQuestion): BayesianView | null {
  const { context, bounds } = question;
  const { hintMs = 0 } = context;
  const isHinted = hintMs > 0 && hintMs <= (question.longestMs ?? bounds.maxDelayMs);
  const view = isHinted ? viewAfter(memory, questionAfterHint(question, hintMs)) : null;
  return view === null
    ? viewAfter(memory, question)
    : viewFromFailure(view, hintMs, question.objective.valueHalfLifeMs);
}

function viewAfter(memory: BayesianMemory, question: BayesianQuestion): BayesianView | null {
  const { context } = question;
  const beliefs = memory.beliefsOf(context, question.nowMs);
  if (beliefs === null) return null;
  const plan = beliefs.planFor(question);
  const key = questionKeyOf(question);
  const tenant = beliefs.ofTenant(context) === undefined ? undefined : context.tenant;
  return plan.viewFor(key, tenant, () => formView(beliefs, plan, question));
}

function formView(beliefs: Beliefs, plan: Plan, question: BayesianQuestion): BayesianView {
  const { context, bounds, exploration } = question;
  const posterior = beliefs.posteriorFor(context);
  const ageGroup = ageGroupOf(context.incidentAgeMs);
  // What everybody has tried need not be tried again for each tenant.
  const tried = { means: posterior.means, evidence: beliefs.posterior(context.attemptNumber, ageGroup).evidence };
  const later = isShortOfTime(question)
    ? oneMoreTry(beliefs, plan.values, question, ageGroup)
    : plan.carryingOn.afterWaits(context.attemptNumber, ageGroup);
  const { terms, longest } = narrow(plan.values, question);
  const isExploring = exploration?.enabled === true;
  const best = bestBin(terms, isExploring ? withBonus(tried) : posterior.means, later);
  const rulesBin = rulesBinOf(question);
  const anchor = rulesBin === NO_BIN ? -1 : Math.min(rulesBin, longest);
  const soonest = delayBinIndex(bounds.minDelayMs);
  const { shares, notWorse } = tabulateThompson(tried, terms, later, { best, anchor });
  const consider = (bin: number): ConsideredDelay => {
    const successProbability = posterior.means[bin] ?? 0;
    return {
      delayMs: boundedDelayOf(bin, bounds),
      successProbability,
      value: valueOf(terms, bin, successProbability, later[bin] ?? 0),
      valueAfterFailure: later[bin] ?? 0,
    };
  };
  const others = bestOfOtherBuckets(terms, posterior, later, best).map(consider);
  return {
    best: best === -1 ? null : withInterval(consider(best), beliefs.independence * (posterior.evidence[best] ?? 0)),
    others,
    confidence: notWorse * Math.min(1, beliefs.familyCount / ENOUGH_OUTCOMES),
    atOnce: {
      successProbability: posterior.means[soonest] ?? 0,
      evidence: beliefs.independence * (posterior.evidence[soonest] ?? 0),
    },
    evidence: beliefs.observedAt(best === -1 ? delayBinIndex(others[0]?.delayMs ?? 0) : best),
    exploration: isExploring
      ? explorationPlanOf(shares, terms, posterior, beliefs.independence, shrink(exploration, beliefs), bounds)
      : null,
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
): readonly number[] {
  const later = zeros(BIN_COUNT);
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

/** Bins below the floor and beyond the ceiling may not be waited; `longest` is the last that may, −1 where none may. */
function narrow(
  terms: ValueTerms,
  { floorMs, ceilingMs, longestMs = ceilingMs }: BayesianQuestion,
): { readonly terms: ValueTerms; readonly longest: number } {
  const { gains, costs } = terms;
  const end = binsUntil(Math.min(ceilingMs, longestMs));
  let longest = end - 1;
  while (longest >= 0 && (gains[longest] ?? 0) <= 0) longest--;
  // Who is asked to wait longer than is allowed waits as long as is allowed.
  const begin = Math.min(delayBinIndex(floorMs), Math.max(0, longest));
  if (begin === 0 && end === BIN_COUNT) return { terms, longest };
  const bar = (values: readonly number[], barred: number) => values.slice().fill(barred, 0, begin).fill(barred, end);
  return { terms: { gains: bar(gains, 0), costs: bar(costs, Number.POSITIVE_INFINITY) }, longest };
}

function withInterval(considered: ConsideredDelay, evidence: number): NonNullable<BayesianView['best']> {
  const { delayMs, successProbability, value, valueAfterFailure } = considered;
  const interval = credibleInterval(successProbability, evidence);
  return { delayMs, successProbability, value, valueAfterFailure, interval };
}

/** Thompson's share shrinks as the kind of failure becomes known; the anchor stays. */
function shrink(
  { enabled, maxShare, anchorShare }: ExplorationSettings,
  { subjectCount }: Beliefs,
): ExplorationSettings {
  return { enabled, maxShare: maxShare * Math.min(1, ENOUGH_OUTCOMES / Math.max(1, subjectCount)), anchorShare };
}

function withBonus({ means, evidence }: Posterior): readonly number[] {
  const chances = zeros(BIN_COUNT);
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const mean = means[bin] ?? 0;
    const deviation = Math.sqrt((mean * (1 - mean)) / ((evidence[bin] ?? 0) + 1));
    chances[bin] = Math.min(1, mean + INFORMATION_BONUS * deviation);
  }
  return chances;
}

/** The most valuable bin of each bucket but the best's, the most valuable first. */
function bestOfOtherBuckets(terms: ValueTerms, { means }: Posterior, later: readonly number[], best: number): number[] {
  const bins: number[] = [];
  const bestBucket = best === -1 ? -1 : bucketOfBin(best);
  let bucket = -1;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const value = valueOf(terms, bin, means[bin] ?? 0, later[bin] ?? 0);
    values[bin] = value;
    if (bucketOfBin(bin) === bestBucket || value === Number.NEGATIVE_INFINITY) continue;
    // Bins of a bucket lie side by side.
    if (bucketOfBin(bin) !== bucket) bins.push(bin);
    else if (value > (values[bins.at(-1) ?? 0] ?? 0)) bins[bins.length - 1] = bin;
    bucket = bucketOfBin(bin);
  }
  return bins.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
}
