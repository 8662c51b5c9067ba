import type { ArmTotals, EpochMs, Objective, TrialHistory } from '@smart-retry/domain';
import { REPORT_HORIZON_MS, REPORT_SKEW_MS } from '../trial-window.js';
import type { Database } from './database.js';

/**
 * Reads the window's decisions and reports from beginning to end: it is asked a few times a minute at most, by people and
 * by the judge, and costs those who decide nothing. The ml layer is the first that is asked.
 */
const ARMS = `
WITH made AS MATERIALIZED (
  SELECT arm, job, decided_at_ms, recommendation_id, should_retry, is_error FROM (
    SELECT asked->'trial'->>'arm' AS arm, coalesce(asked->>'reason' = 'ml_failed', false) AS is_error,
      decided_at_ms, recommendation_id, should_retry, job
    FROM (
      SELECT coalesce(evidence, record::json->'evidence')->'layers'->0 AS asked, decided_at_ms, recommendation_id, should_retry,
        CASE WHEN job_id IS NULL THEN recommendation_id ELSE length(tenant) || ':' || tenant || job_id END AS job
      FROM decisions WHERE decided_at_ms >= $1 AND decided_at_ms < $2
      ORDER BY decided_at_ms DESC LIMIT $5) AS newest) AS named
  WHERE arm IS NOT NULL
),
reported AS (
  SELECT recommendation_id, min(at_ms) AS at_ms, bool_or(success) AS success FROM attempts
  WHERE at_ms >= $1 - ${REPORT_SKEW_MS} AND at_ms < $2 + ${REPORT_HORIZON_MS}
    AND recommendation_id IN (SELECT recommendation_id FROM made)
  GROUP BY recommendation_id
),
decided AS (
  SELECT arm, job, should_retry, is_error, at_ms, success,
    min(decided_at_ms) OVER (PARTITION BY arm, job) AS begun_at_ms
  FROM made LEFT JOIN reported USING (recommendation_id)
),
jobs AS (
  SELECT arm, count(*) AS made, count(*) FILTER (WHERE is_error) AS errors,
    count(*) FILTER (WHERE at_ms IS NOT NULL OR NOT should_retry) AS m,
    count(at_ms) AS attempts, count(*) FILTER (WHERE success) AS successes,
    coalesce(sum(power(2::double precision, -greatest(0, at_ms - begun_at_ms) / $3::double precision)
      * (success::integer - $4::double precision)), 0) AS u,
    greatest(0, coalesce(max(at_ms) - min(begun_at_ms), 0)) AS time_ms
  FROM decided GROUP BY arm, job
)
SELECT arm, sum(made)::double precision AS made, sum(errors)::double precision AS errors,
  count(*) FILTER (WHERE m > 0)::double precision AS jobs,
  sum(m)::double precision AS decisions, sum(attempts)::double precision AS attempts,
  sum(successes)::double precision AS successes, sum(u) AS utility, sum(u * u) AS utility_squares,
  sum(u * m) AS utility_decisions, sum(m * m)::double precision AS decision_squares,
  coalesce(avg(time_ms) FILTER (WHERE m > 0), 0)::double precision AS mean_time_ms
FROM jobs GROUP BY arm ORDER BY arm`;

interface ArmRow {
  readonly arm: string;
  readonly made: number;
  readonly errors: number;
  readonly jobs: number;
  readonly decisions: number;
  readonly attempts: number;
  readonly successes: number;
  readonly utility: number;
  readonly utility_squares: number;
  readonly utility_decisions: number;
  readonly decision_squares: number;
  readonly mean_time_ms: number;
}

/** The arms of a comparison, from the audit trail and the attempts. */
export class PostgresTrialHistory implements TrialHistory {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async arms(query: {
    readonly fromMs: EpochMs;
    readonly toMs: EpochMs;
    readonly objective: Objective;
    readonly maxDecisions: number;
  }): Promise<readonly ArmTotals[]> {
    const { fromMs, toMs, objective, maxDecisions } = query;
    const { rows } = await this.#database.runMaintenance((client) =>
      client.query<ArmRow>(ARMS, [fromMs, toMs, objective.valueHalfLifeMs, objective.attemptCost, maxDecisions]),
    );
    return rows.map((row) => ({
      arm: row.arm,
      made: row.made,
      errors: row.errors,
      jobs: row.jobs,
      decisions: row.decisions,
      attempts: row.attempts,
      successes: row.successes,
      utility: row.utility,
      utilitySquares: row.utility_squares,
      utilityDecisions: row.utility_decisions,
      decisionSquares: row.decision_squares,
      meanTimeMs: row.mean_time_ms,
    }));
  }
}
