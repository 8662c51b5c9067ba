import type { ArmTotals, DecisionRecord, EpochMs, Objective, ReportedOutcome, TrialHistory } from '@smart-retry/domain';
import { REPORT_HORIZON_MS, REPORT_SKEW_MS } from '../trial-window.js';
import type { MemoryDecisionStore } from './memory-decision-store.js';
import type { MemoryOutcomeHistory } from './memory-outcome-history.js';

interface Decided {
  readonly decision: DecisionRecord;
  readonly reported: ReportedOutcome | null;
}

/** The arms of a comparison, from what this process holds. */
export class MemoryTrialHistory implements TrialHistory {
  readonly #decisions: MemoryDecisionStore;
  readonly #outcomes: MemoryOutcomeHistory;

  constructor(decisions: MemoryDecisionStore, outcomes: MemoryOutcomeHistory) {
    this.#decisions = decisions;
    this.#outcomes = outcomes;
  }

  async arms(query: {
    readonly fromMs: EpochMs;
    readonly toMs: EpochMs;
    readonly objective: Objective;
    readonly maxDecisions: number;
  }): Promise<readonly ArmTotals[]> {
    const { fromMs, toMs, objective, maxDecisions: limit } = query;
    const { records } = await this.#decisions.page({ fromMs, toMs, limit });
    const reports = await this.#outcomes.reportedOutcomes(
      records.map(({ recommendationId }) => ({
        recommendationId,
        fromMs: fromMs - REPORT_SKEW_MS,
        toMs: toMs + REPORT_HORIZON_MS,
      })),
    );
    const jobs = new Map<string, Decided[]>();
    records.forEach((decision, i) => {
      const arm = armOf(decision);
      if (arm === undefined) return;
      const key = JSON.stringify([arm, ...jobOf(decision)]);
      jobs.set(key, [...(jobs.get(key) ?? []), { decision, reported: reports[i] ?? null }]);
    });
    const byArm = new Map<string, (readonly Decided[])[]>();
    for (const job of jobs.values()) {
      const arm = job[0] === undefined ? undefined : armOf(job[0].decision);
      if (arm !== undefined) byArm.set(arm, [...(byArm.get(arm) ?? []), job]);
    }
    return [...byArm]
      .map(([arm, ofArm]) =>
        totalsOf(
          arm,
          ofArm.map((job) => sumsOf(job, objective)),
        ),
      )
      .sort((a, b) => (a.arm < b.arm ? -1 : 1));
  }
}

function armOf({ evidence }: DecisionRecord): string | undefined {
  return evidence.layers[0]?.trial?.arm;
}

function isError({ evidence }: DecisionRecord): boolean {
  const [first] = evidence.layers;
  return first?.kind === 'abstention' && first.reason === 'ml_failed';
}

function jobOf({ features, recommendationId }: DecisionRecord): readonly string[] {
  return features.jobId === undefined ? [recommendationId] : [features.tenant ?? '', features.jobId];
}

function sumsOf(job: readonly Decided[], { valueHalfLifeMs, attemptCost }: Objective) {
  const begunAtMs = Math.min(...job.map(({ decision }) => decision.decidedAtMs));
  const reports = job.flatMap(({ reported }) => (reported === null ? [] : [reported]));
  const worth = ({ success, atMs }: ReportedOutcome) =>
    2 ** (-Math.max(0, atMs - begunAtMs) / valueHalfLifeMs) * (Number(success) - attemptCost);
  return {
    made: job.length,
    errors: job.filter(({ decision }) => isError(decision)).length,
    m: job.filter(({ decision, reported }) => reported !== null || !decision.recommendation.shouldRetry).length,
    attempts: reports.length,
    successes: reports.filter(({ success }) => success).length,
    u: reports.reduce((sum, report) => sum + worth(report), 0),
    timeMs: Math.max(0, ...reports.map(({ atMs }) => atMs - begunAtMs)),
  };
}

function totalsOf(arm: string, jobs: readonly ReturnType<typeof sumsOf>[]): ArmTotals {
  const sum = (of: (job: ReturnType<typeof sumsOf>) => number) => jobs.reduce((total, job) => total + of(job), 0);
  const known = jobs.filter(({ m }) => m > 0);
  return {
    arm,
    made: sum(({ made }) => made),
    errors: sum(({ errors }) => errors),
    jobs: known.length,
    decisions: sum(({ m }) => m),
    attempts: sum(({ attempts }) => attempts),
    successes: sum(({ successes }) => successes),
    utility: sum(({ u }) => u),
    utilitySquares: sum(({ u }) => u * u),
    utilityDecisions: sum(({ u, m }) => u * m),
    decisionSquares: sum(({ m }) => m * m),
    meanTimeMs: known.length === 0 ? 0 : known.reduce((total, { timeMs }) => total + timeMs, 0) / known.length,
  };
}
