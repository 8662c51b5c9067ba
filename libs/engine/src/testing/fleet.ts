import {
  DEFAULT_STRATEGY,
  type AttemptRecord,
  type AttemptReport,
  type FailureLink,
  type GuardrailSettings,
  type Objective,
} from '@smart-retry/domain';
import { someFeatures, someReport, T0 } from '@smart-retry/domain/testing';
import type { Admission } from '@smart-retry/guardrails';
import { dependencyState } from '../fleet/dependency-state.js';
import { Fleet } from '../fleet/fleet.js';

/** What the callers of one dependency, `erp`, tell and ask, on a clock of their own. */
export class ErpCallers {
  readonly fleet: Fleet;
  nowMs = T0;
  #jobs = 0;

  constructor(guardrails: Partial<GuardrailSettings> = {}, objective: Partial<Objective> = {}) {
    this.fleet = new Fleet({
      guardrails: () => ({ ...DEFAULT_STRATEGY.guardrails, ...guardrails }),
      objective: () => ({ ...DEFAULT_STRATEGY.objective, ...objective }),
      maxDependencies: 10,
      maxTurns: 10_000,
    });
  }

  /** Five minutes of first tries, all of which succeeded, and took `eachMs` where that is given. */
  reportFirstTries(perSecond: number, eachMs?: number): void {
    const window = { windowStartMs: this.nowMs - 300_000, windowEndMs: this.nowMs };
    const succeeded = 300 * perSecond;
    const times = eachMs === undefined ? {} : { processingTimeMs: succeeded * eachMs };
    this.fleet.noteCounts(
      [{ jobType: 'sync', dependency: 'erp', succeeded, failed: 0, ...times, ...window }],
      this.nowMs,
    );
  }

  /** An attempt fails, the first unless another is named, and its worker asks whether to retry after `delayMs`. */
  ask(
    changes: {
      readonly jobId?: string;
      readonly attemptNumber?: number;
      readonly delayMs?: number;
      readonly errorClass?: string;
      readonly tenant?: string;
      readonly queue?: string;
      readonly untilEndMs?: number;
      readonly draw?: number;
    } = {},
  ): Admission {
    const { jobId = `job-${this.#jobs++}`, attemptNumber = 1, delayMs = 1_000, errorClass = 'timeout' } = changes;
    const { tenant, queue } = changes;
    const whose = { ...(tenant !== undefined && { tenant }), ...(queue !== undefined && { queue }) };
    const features = someFeatures({ dependency: 'erp', jobId, attemptNumber, errorClass, ...whose });
    const admission = this.fleet.meet(features, this.nowMs).admit({
      nowMs: this.nowMs,
      delayMs,
      floorMs: 0,
      untilEndMs: changes.untilEndMs ?? Number.POSITIVE_INFINITY,
      maxDelayMs: 300_000,
      draw: changes.draw ?? 0.5,
    });
    this.fleet.settle(features, { isRetry: admission.kind !== 'refused', admission }, this.nowMs);
    return admission;
  }

  /** Asks as a worker does that is put off: again when its wait is over, ten times at most. */
  askUntilAdmitted(changes: Parameters<ErpCallers['ask']>[0]): readonly Admission[] {
    const answers = [this.ask(changes)];
    for (let last = answers[0]; last?.kind === 'deferred' && answers.length < 10; last = answers.at(-1)) {
      this.nowMs += last.askAgainMs ?? last.delayMs;
      answers.push(this.ask(changes));
    }
    return answers;
  }

  /** @param link what the retry is known to have followed */
  reportRetry(changes: Partial<AttemptReport> = {}, link?: FailureLink): void {
    const report = someReport({
      jobId: `retry-${this.#jobs++}`,
      dependency: 'erp',
      timestampMs: this.nowMs,
      ...(changes.success === false && { errorClass: 'timeout' }),
      ...changes,
    });
    const record: AttemptRecord = {
      report,
      ...(link && { link }),
      isRetry: report.attemptNumber > 1,
      sampleRate: 1,
      recordedAtMs: this.nowMs,
      aggregationIntervalMs: 60_000,
    };
    this.fleet.noteReports([record], this.nowMs);
  }

  get state() {
    const state = dependencyState(this.fleet, 'erp', this.nowMs);
    if (state === null) throw new Error('nothing was heard of erp');
    return state;
  }
}
