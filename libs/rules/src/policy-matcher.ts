import { legible, throwIfProblems, type FieldProblem, type RetryPolicy } from '@smart-retry/domain';
import { compilePatterns, type Pattern } from './pattern.js';

/** What of a failed job policies look at. */
export interface MatchableJob {
  readonly jobType: string;
  readonly errorClass: string;
  readonly errorCode?: string | undefined;
  readonly queue?: string | undefined;
  readonly tenant?: string | undefined;
}

export interface PolicyMatch {
  /** The matching policy of highest priority (oldest first among equals); null when none matches. */
  readonly policy: RetryPolicy | null;
  /** A matching policy that stops on validation, whatever its priority; it wins over everything. */
  readonly validationPolicy: RetryPolicy | null;
}

/** How one policy fared, for `POST /policies/test`. */
export interface PolicyEvaluation {
  readonly policy: string;
  readonly matches: boolean;
  readonly because: string;
}

type Dimension = 'error' | 'job type' | 'queue' | 'tenant';

interface CompiledPolicy {
  readonly policy: RetryPolicy;
  readonly errors: readonly Pattern[];
  readonly jobTypes: readonly Pattern[];
  readonly queues: readonly Pattern[];
  readonly tenants: readonly Pattern[];
}

/** Policies with their patterns compiled once, in the order in which they are tried. Immutable. */
export class PolicyMatcher {
  readonly #ordered: readonly CompiledPolicy[];

  /** @throws {INVALID_POLICY} naming every pattern that does not compile, as `policies[i].field[j]`. */
  constructor(policies: readonly RetryPolicy[]) {
    const problems: FieldProblem[] = [];
    const compiled = policies.map((policy, i) => compilePolicy(policy, `policies[${i}].`, problems));
    throwIfProblems('INVALID_POLICY', problems);
    // Array.prototype.sort is stable, so that equal priorities keep their age.
    this.#ordered = compiled.sort((a, b) => b.policy.priority - a.policy.priority);
  }

  match(job: MatchableJob): PolicyMatch {
    let best: RetryPolicy | null = null;
    for (const candidate of this.#ordered) {
      if (best !== null && !candidate.policy.stopOnValidation) continue;
      if (firstMismatch(candidate, job) !== null) continue;
      best ??= candidate.policy;
      if (candidate.policy.stopOnValidation) return { policy: best, validationPolicy: candidate.policy };
    }
    return { policy: best, validationPolicy: null };
  }

  /** Every policy in the order tried, and why each does or does not match. */
  explain(job: MatchableJob): readonly PolicyEvaluation[] {
    const match = this.match(job);
    return this.#ordered.map((candidate) => {
      const mismatch = firstMismatch(candidate, job);
      const because =
        mismatch === null
          ? describeMatch(candidate, job) + describeRank(candidate.policy, match)
          : describeMismatch(mismatch, candidate, job);
      return { policy: candidate.policy.name, matches: mismatch === null, because: legible(because) };
    });
  }
}

/** Every pattern of a policy that does not compile, by wire field below `prefix`; empty when all do. */
export function patternProblems(policy: RetryPolicy, prefix = ''): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  compilePolicy(policy, prefix, problems);
  return problems;
}

function compilePolicy(policy: RetryPolicy, prefix: string, problems: FieldProblem[]): CompiledPolicy {
  return {
    policy,
    errors: compilePatterns(policy.errorPatterns, `${prefix}error_patterns`, problems),
    jobTypes: compilePatterns(policy.jobTypePatterns, `${prefix}job_type_patterns`, problems),
    queues: compilePatterns(policy.queuePatterns, `${prefix}queue_patterns`, problems),
    tenants: compilePatterns(policy.tenantPatterns, `${prefix}tenant_patterns`, problems),
  };
}

function firstMismatch(candidate: CompiledPolicy, job: MatchableJob): Dimension | null {
  if (!matchesAny(candidate.errors, job.errorClass) && !matchesAny(candidate.errors, job.errorCode)) return 'error';
  if (!matchesAny(candidate.jobTypes, job.jobType)) return 'job type';
  if (!matchesAny(candidate.queues, job.queue)) return 'queue';
  if (!matchesAny(candidate.tenants, job.tenant)) return 'tenant';
  return null;
}

function matchesAny(patterns: readonly Pattern[], text: string | undefined): boolean {
  if (patterns.length === 0) return true;
  return text !== undefined && patterns.some((matches) => matches(text));
}

/** What matched, by its own patterns only; of dimensions without patterns nothing is said. */
function describeMatch({ policy, errors, jobTypes, queues, tenants }: CompiledPolicy, job: MatchableJob): string {
  const matched = [
    clauseOf('error class', job.errorClass, policy.errorPatterns, errors),
    clauseOf('error code', job.errorCode, policy.errorPatterns, errors),
    clauseOf('job type', job.jobType, policy.jobTypePatterns, jobTypes),
    clauseOf('queue', job.queue, policy.queuePatterns, queues),
    clauseOf('tenant', job.tenant, policy.tenantPatterns, tenants),
  ].filter((clause) => clause !== null);
  if (policy.errorPatterns.length > 0) return matched.join(', ');
  const narrowed = matched.length === 0 ? 'nothing narrows it away from this job' : matched.join(', ');
  return `it takes every error, and ${narrowed}`;
}

function clauseOf(
  name: string,
  text: string | undefined,
  sources: readonly string[],
  patterns: readonly Pattern[],
): string | null {
  if (text === undefined) return null;
  const matching = sources.filter((_, i) => patterns[i]?.(text) === true);
  return matching.length === 0 ? null : `${name} "${text}" matches ${list(matching)}`;
}

/** Between two that match where not the priority decides. */
function describeRank({ name }: RetryPolicy, { policy, validationPolicy }: PolicyMatch): string {
  if (policy === null || validationPolicy === null || policy === validationPolicy) return '';
  if (name === validationPolicy.name) return `; it stops on validation errors, and so goes before "${policy.name}"`;
  return name === policy.name ? `; "${validationPolicy.name}", which stops on validation errors, goes before it` : '';
}

function describeMismatch(mismatch: Dimension, { policy }: CompiledPolicy, job: MatchableJob): string {
  const error = job.errorCode === undefined ? `"${job.errorClass}"` : `"${job.errorClass}" or code "${job.errorCode}"`;
  switch (mismatch) {
    case 'error':
      return `error ${error} matches none of ${list(policy.errorPatterns)} as a whole`;
    case 'job type':
      return `job type "${job.jobType}" matches none of ${list(policy.jobTypePatterns)} as a whole`;
    case 'queue':
      return `queue ${quote(job.queue)} matches none of ${list(policy.queuePatterns)} as a whole`;
    case 'tenant':
      return `tenant ${quote(job.tenant)} matches none of ${list(policy.tenantPatterns)} as a whole`;
  }
}

function list(patterns: readonly string[]): string {
  return patterns.map((pattern) => `/${pattern}/`).join(', ');
}

function quote(text: string | undefined): string {
  return text === undefined ? '(none given)' : `"${text}"`;
}
