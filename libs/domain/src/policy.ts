import type { FieldProblem } from './errors.js';
import { explorationProblems, objectiveProblems, type ExplorationSettings, type Objective } from './objective.js';

/** A rule: which failed jobs it is for, and the backoff it asks for. Milliseconds throughout. */
export interface RetryPolicy {
  readonly name: string;
  /** RE2 patterns that must match the whole error class or the whole error code; none means every failure. */
  readonly errorPatterns: readonly string[];
  /** RE2 patterns that narrow (AND) by job type, queue and tenant; none means all. */
  readonly jobTypePatterns: readonly string[];
  readonly queuePatterns: readonly string[];
  readonly tenantPatterns: readonly string[];
  /** Executions allowed, the first included. */
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly backoffMultiplier: number;
  /** Half width of the jitter, in percent of the delay, 0–100. */
  readonly jitterPercent: number;
  /** Highest first; ties go to the older policy. */
  readonly priority: number;
  /** A failure that matches is never retried, whatever any other layer says. */
  readonly stopOnValidation: boolean;
  /** Longest time from the first failure to the start of a retry; needs the job's first failure time. */
  readonly maxElapsedMs?: number;
  /** What differs from the strategy's objective. */
  readonly objective?: Partial<Objective>;
  /** What differs from the strategy's exploration. */
  readonly exploration?: Partial<ExplorationSettings>;
  /** Executions allowed when a learned layer speaks; the strategy's, else `maxAttempts`, when absent. Guardrails bound it. */
  readonly learnedMaxAttempts?: number;
  /** Longest delay that a learned layer may choose; the guardrails' when absent. `maxDelayMs` bounds the rules alone. */
  readonly learnedMaxDelayMs?: number;
}

const POLICY_DEFAULTS = {
  errorPatterns: [],
  jobTypePatterns: [],
  queuePatterns: [],
  tenantPatterns: [],
  backoffMultiplier: 2,
  stopOnValidation: false,
} as const;

/** The four policies that a new installation starts with. */
export const DEFAULT_POLICIES: readonly RetryPolicy[] = [
  {
    ...POLICY_DEFAULTS,
    name: 'rate_limit',
    errorPatterns: ['429', 'rate_limit', 'too_many_requests'],
    maxAttempts: 5,
    baseDelayMs: 5_000,
    maxDelayMs: 60_000,
    jitterPercent: 25,
    priority: 100,
  },
  {
    ...POLICY_DEFAULTS,
    name: 'service_unavailable',
    errorPatterns: ['503', 'service_unavailable', 'timeout'],
    maxAttempts: 3,
    baseDelayMs: 2_000,
    maxDelayMs: 30_000,
    jitterPercent: 20,
    priority: 90,
  },
  {
    ...POLICY_DEFAULTS,
    name: 'validation_errors',
    errorPatterns: ['400', 'validation', 'invalid_input'],
    maxAttempts: 1,
    baseDelayMs: 0,
    maxDelayMs: 0,
    jitterPercent: 0,
    priority: 80,
    stopOnValidation: true,
  },
  {
    ...POLICY_DEFAULTS,
    name: 'default',
    maxAttempts: 3,
    baseDelayMs: 1_000,
    maxDelayMs: 30_000,
    jitterPercent: 15,
    priority: 1,
  },
];

/** What answers when no policy matches: the `default` policy's numbers, under no name that a user could remove. */
export const BUILT_IN_POLICY: RetryPolicy = {
  ...POLICY_DEFAULTS,
  name: 'built_in',
  maxAttempts: 3,
  baseDelayMs: 1_000,
  maxDelayMs: 30_000,
  jitterPercent: 15,
  priority: 0,
};

export const POLICY_LIMITS = {
  nameLength: 128,
  patterns: 64,
  patternLength: 512,
  maxDelayMs: 31 * 86_400_000,
  maxAttempts: 1_000,
  policies: 500,
} as const;

/** Every invariant of a policy that a JSON schema cannot say, by wire field; empty when it is sound. Patterns are checked where they are compiled. */
export function policyProblems(policy: RetryPolicy): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const require = (holds: boolean, path: string, message: string) => {
    if (!holds) problems.push({ path, message });
  };
  const isCount = (n: number) => Number.isSafeInteger(n) && n >= 1 && n <= POLICY_LIMITS.maxAttempts;
  const isDelay = (n: number) => Number.isSafeInteger(n) && n >= 0 && n <= POLICY_LIMITS.maxDelayMs;
  require(policy.name.trim() !== '' &&
    policy.name.length <= POLICY_LIMITS.nameLength, 'name', `must have 1 to ${POLICY_LIMITS.nameLength} characters`);
  // A client's URL parser takes these segments away: such a policy could be added and never removed.
  require(policy.name !== '.' && policy.name !== '..', 'name', 'must not be "." or ".."');
  require(isCount(policy.maxAttempts), 'max_attempts', `must be a whole number from 1 to ${POLICY_LIMITS.maxAttempts}`);
  require(isDelay(policy.baseDelayMs), 'base_delay_ms', `must be a whole number from 0 to ${POLICY_LIMITS.maxDelayMs}`);
  require(isDelay(policy.maxDelayMs), 'max_delay_ms', `must be a whole number from 0 to ${POLICY_LIMITS.maxDelayMs}`);
  require(policy.maxDelayMs >=
    policy.baseDelayMs, 'max_delay_ms', `must be at least base_delay_ms (${policy.baseDelayMs})`);
  require(Number.isFinite(policy.backoffMultiplier) &&
    policy.backoffMultiplier > 0, 'backoff_multiplier', 'must be greater than 0');
  require(policy.jitterPercent >= 0 && policy.jitterPercent <= 100, 'jitter_percent', 'must be from 0 to 100');
  require(Number.isSafeInteger(policy.priority), 'priority', 'must be a whole number');
  require(policy.maxElapsedMs === undefined ||
    isDelay(policy.maxElapsedMs), 'max_elapsed_ms', `must be a whole number from 0 to ${POLICY_LIMITS.maxDelayMs}`);
  require(policy.learnedMaxAttempts === undefined ||
    isCount(
      policy.learnedMaxAttempts,
    ), 'learned_max_attempts', `must be a whole number from 1 to ${POLICY_LIMITS.maxAttempts}`);
  require(policy.learnedMaxDelayMs === undefined ||
    isDelay(
      policy.learnedMaxDelayMs,
    ), 'learned_max_delay_ms', `must be a whole number from 0 to ${POLICY_LIMITS.maxDelayMs}`);
  for (const [path, patterns] of Object.entries({
    error_patterns: policy.errorPatterns,
    job_type_patterns: policy.jobTypePatterns,
    queue_patterns: policy.queuePatterns,
    tenant_patterns: policy.tenantPatterns,
  })) {
    require(patterns.length <= POLICY_LIMITS.patterns, path, `must have at most ${POLICY_LIMITS.patterns} patterns`);
    patterns.forEach((pattern, i) => {
      require(pattern !== '' &&
        pattern.length <=
          POLICY_LIMITS.patternLength, `${path}[${i}]`, `must have 1 to ${POLICY_LIMITS.patternLength} characters`);
    });
  }
  return [
    ...problems,
    ...objectiveProblems(policy.objective ?? {}, 'objective.'),
    ...explorationProblems(policy.exploration ?? {}, 'exploration.'),
  ];
}
