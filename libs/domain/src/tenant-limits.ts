import type { FieldProblem } from './errors.js';

/** In place of a tenant: the limit holds for each tenant by itself. */
export const EACH_TENANT = '*';

/** What the jobs may use together that have all of the values given (AND). */
export interface TenantLimit {
  /** A tenant's name, or `*` for each tenant by itself. */
  readonly tenant?: string;
  readonly queue?: string;
  readonly jobType?: string;
  /** Retries that may be due within one minute, from 0. */
  readonly retriesPerMinute?: number;
  /** Of each dependency's retry budget, the share that they may take, 0–100. */
  readonly budgetSharePercent?: number;
  /** Executions allowed, the first included. */
  readonly maxAttempts?: number;
}

export const TENANT_LIMIT_BOUNDS = { entries: 1_000, retriesPerMinute: 1_000_000, maxAttempts: 1_000 } as const;

/** Every invariant of tenant limits, by wire field. */
export function tenantLimitProblems(limits: readonly TenantLimit[], path: string): FieldProblem[] {
  const { entries, retriesPerMinute, maxAttempts } = TENANT_LIMIT_BOUNDS;
  const problems: FieldProblem[] = [];
  if (limits.length > entries) problems.push({ path, message: `must have at most ${entries} entries` });
  const scopes = new Set<string>();
  limits.forEach((limit, i) => {
    const at = `${path}[${i}]`;
    const require = (holds: boolean, field: string, message: string) => {
      if (!holds) problems.push({ path: `${at}${field}`, message });
    };
    const { tenant, queue, jobType } = limit;
    const isScoped = tenant !== undefined || queue !== undefined || jobType !== undefined;
    require(isScoped, '', 'must name a tenant, a queue or a job_type');
    const isLimit = [limit.retriesPerMinute, limit.budgetSharePercent, limit.maxAttempts].some((n) => n !== undefined);
    require(isLimit, '', 'must set retries_per_minute, budget_share_percent or max_attempts');
    require(isWithin(limit.retriesPerMinute, 0, retriesPerMinute) &&
      Number.isInteger(
        limit.retriesPerMinute ?? 0,
      ), '.retries_per_minute', `must be a whole number from 0 to ${retriesPerMinute}`);
    require(isWithin(limit.budgetSharePercent, 0, 100), '.budget_share_percent', 'must be from 0 to 100');
    require(isWithin(limit.maxAttempts, 1, maxAttempts) &&
      Number.isInteger(limit.maxAttempts ?? 1), '.max_attempts', `must be a whole number from 1 to ${maxAttempts}`);
    const scope = JSON.stringify([tenant, queue, jobType]);
    require(!scopes.has(scope), '', 'must not name the same jobs as another entry');
    scopes.add(scope);
  });
  return problems;
}

function isWithin(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (value >= least && value <= most);
}
