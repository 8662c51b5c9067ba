import type { FieldProblem } from './errors.js';
import type { BreakerOverride } from './fleet.js';
import { DEFAULT_LEARNING, learningProblems, type LearningSettings } from './learning.js';
import {
  DEFAULT_EXPLORATION,
  DEFAULT_OBJECTIVE,
  explorationOf,
  explorationProblems,
  objectiveProblems,
  type ExplorationSettings,
  type Objective,
} from './objective.js';
import { tenantLimitProblems, type TenantLimit } from './tenant-limits.js';
import { DEFAULT_POLICIES, POLICY_LIMITS, policyProblems, type RetryPolicy } from './policy.js';

/** Stops every retry of the jobs that it names: all given fields must be equal (AND); at least one is given. */
export interface ScopedStop {
  readonly tenant?: string;
  readonly queue?: string;
  readonly jobType?: string;
  /** For the audit trail and the answer's rationale. */
  readonly reason?: string;
}

/** The hard limits that no layer can cross. */
export interface GuardrailSettings {
  readonly maxAttempts: number;
  readonly maxDelayMs: number;
  readonly minDelayMs: number;
  /** Server hints beyond this are not believed; default `maxDelayMs`. */
  readonly maxHintMs?: number;
  /** Of a dependency's first tries, what retries may cost it while it is in trouble. */
  readonly maxBudgetPercent: number;
  /** As many budgets a dependency's may grow to while all goes well, 1–100, or to 75 retries a minute if that is more; 1: it never grows. */
  readonly maxBudgetGrowth: number;
  /** Whether `tenantLimits` hold, and tenants share each dependency's retry budget fairly. */
  readonly perTenantLimits: boolean;
  readonly tenantLimits: readonly TenantLimit[];
  readonly emergencyStop: boolean;
  /** Why everything is stopped, as answers tell it; of no meaning while it is not. */
  readonly emergencyStopReason?: string | undefined;
  readonly emergencyStops: readonly ScopedStop[];
  readonly explainabilityRequired: boolean;
  /** Breakers that an operator holds open or closed. */
  readonly breakerOverrides: readonly BreakerOverride[];
}

export interface DataCollectionSettings {
  readonly enabled: boolean;
  /** Share of jobs whose attempts are kept, 0–1, by hash of the job id. */
  readonly sampleRate: number;
  readonly retentionDays: number;
  /** Grain of the rolled-up statistics: one of `AGGREGATION_INTERVALS_MS`. */
  readonly aggregationIntervalMs: number;
  /** Whether the server adds what it knows (recent failures) to the request's own fields. */
  readonly featureExtraction: boolean;
}

/** Everything that decides how jobs are retried; operators change it at run time. */
export interface Strategy {
  readonly name: string;
  readonly enabled: boolean;
  /** Oldest first: the order breaks ties of priority. */
  readonly policies: readonly RetryPolicy[];
  /** Least confidence with which a learned layer may speak, 0–1. */
  readonly bayesianThreshold: number;
  readonly mlEnabled: boolean;
  /** Least confidence with which a model may speak, 0–1. */
  readonly mlThreshold: number;
  readonly guardrails: GuardrailSettings;
  readonly dataCollection: DataCollectionSettings;
  readonly objective: Objective;
  readonly exploration: ExplorationSettings;
  readonly learning: LearningSettings;
  /** Executions allowed when a learned layer speaks, for policies that do not say; their `maxAttempts` when absent. */
  readonly learnedMaxAttempts?: number;
}

/** Each divides the next, so that statistics of any mix of them tile a window exactly. */
export const AGGREGATION_INTERVALS_MS: readonly number[] = [60_000, 300_000, 900_000, 3_600_000];

export const DEFAULT_STRATEGY: Strategy = {
  name: 'production',
  enabled: true,
  policies: DEFAULT_POLICIES,
  bayesianThreshold: 0.7,
  mlEnabled: true,
  mlThreshold: 0.5,
  guardrails: {
    maxAttempts: 10,
    maxDelayMs: 300_000,
    minDelayMs: 0,
    maxBudgetPercent: 20,
    maxBudgetGrowth: 1.25,
    perTenantLimits: true,
    tenantLimits: [],
    emergencyStop: false,
    emergencyStops: [],
    explainabilityRequired: true,
    breakerOverrides: [],
  },
  dataCollection: {
    enabled: true,
    sampleRate: 1,
    retentionDays: 30,
    aggregationIntervalMs: 300_000,
    featureExtraction: true,
  },
  objective: DEFAULT_OBJECTIVE,
  exploration: DEFAULT_EXPLORATION,
  learning: DEFAULT_LEARNING,
};

export const STRATEGY_LIMITS = {
  nameLength: 128,
  scopedStops: 1_000,
  breakerOverrides: 1_000,
  labelLength: 255,
  retentionDays: 3_650,
} as const;

/** Every invariant of guardrails, by wire field below `prefix`. */
export function guardrailProblems(guardrails: GuardrailSettings, prefix = ''): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const require = (holds: boolean, path: string, message: string) => {
    if (!holds) problems.push({ path: `${prefix}${path}`, message });
  };
  const isDelay = (n: number) => Number.isSafeInteger(n) && n >= 0 && n <= POLICY_LIMITS.maxDelayMs;
  require(Number.isSafeInteger(guardrails.maxAttempts) &&
    guardrails.maxAttempts >= 1 &&
    guardrails.maxAttempts <=
      POLICY_LIMITS.maxAttempts, 'max_attempts', `must be a whole number from 1 to ${POLICY_LIMITS.maxAttempts}`);
  require(isDelay(
    guardrails.maxDelayMs,
  ), 'max_delay_ms', `must be a whole number from 0 to ${POLICY_LIMITS.maxDelayMs}`);
  require(isDelay(guardrails.minDelayMs) &&
    guardrails.minDelayMs <=
      guardrails.maxDelayMs, 'min_delay_ms', `must be a whole number from 0 to max_delay_ms (${guardrails.maxDelayMs})`);
  require(guardrails.maxHintMs === undefined ||
    isDelay(guardrails.maxHintMs), 'max_hint_ms', `must be a whole number from 0 to ${POLICY_LIMITS.maxDelayMs}`);
  require(guardrails.maxBudgetPercent >= 0 &&
    guardrails.maxBudgetPercent <= 100, 'max_budget_percent', 'must be from 0 to 100');
  require(guardrails.maxBudgetGrowth >= 1 &&
    guardrails.maxBudgetGrowth <= 100, 'max_budget_growth', 'must be from 1 to 100');
  require(guardrails.emergencyStops.length <=
    STRATEGY_LIMITS.scopedStops, 'emergency_stops', `must have at most ${STRATEGY_LIMITS.scopedStops} entries`);
  guardrails.emergencyStops.forEach((stop, i) => {
    const isScoped = stop.tenant !== undefined || stop.queue !== undefined || stop.jobType !== undefined;
    require(isScoped, `emergency_stops[${i}]`, 'must name a tenant, a queue or a job_type; use emergency_stop to stop everything');
  });
  require(guardrails.breakerOverrides.length <=
    STRATEGY_LIMITS.breakerOverrides, 'breaker_overrides', `must have at most ${STRATEGY_LIMITS.breakerOverrides} entries`);
  problems.push(...tenantLimitProblems(guardrails.tenantLimits, `${prefix}tenant_limits`));
  const names = guardrails.breakerOverrides.map(({ dependency }) => dependency);
  require(new Set(names).size === names.length, 'breaker_overrides', 'must name each dependency once');
  return problems;
}

/** Every invariant of a whole strategy, by wire field; empty when it is sound. */
export function strategyProblems(strategy: Strategy): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const require = (holds: boolean, path: string, message: string) => {
    if (!holds) problems.push({ path, message });
  };
  const { dataCollection } = strategy;
  require(strategy.name.trim() !== '' &&
    strategy.name.length <=
      STRATEGY_LIMITS.nameLength, 'name', `must have 1 to ${STRATEGY_LIMITS.nameLength} characters`);
  require(strategy.bayesianThreshold >= 0 &&
    strategy.bayesianThreshold <= 1, 'bayesian_threshold', 'must be from 0 to 1');
  require(strategy.mlThreshold >= 0 && strategy.mlThreshold <= 1, 'ml_threshold', 'must be from 0 to 1');
  require(dataCollection.sampleRate >= 0 &&
    dataCollection.sampleRate <= 1, 'data_collection.sample_rate', 'must be from 0 to 1');
  require(Number.isSafeInteger(dataCollection.retentionDays) &&
    dataCollection.retentionDays >= 1 &&
    dataCollection.retentionDays <=
      STRATEGY_LIMITS.retentionDays, 'data_collection.retention_days', `must be a whole number from 1 to ${STRATEGY_LIMITS.retentionDays}`);
  require(AGGREGATION_INTERVALS_MS.includes(
    dataCollection.aggregationIntervalMs,
  ), 'data_collection.aggregation_interval', 'must be one of 1m, 5m, 15m, 1h');
  require(strategy.policies.length <=
    POLICY_LIMITS.policies, 'policies', `must have at most ${POLICY_LIMITS.policies} entries`);
  const names = new Set<string>();
  strategy.policies.forEach((policy, i) => {
    require(!names.has(policy.name), `policies[${i}].name`, `must be unique: "${policy.name}" is already used`);
    names.add(policy.name);
    for (const problem of [...policyProblems(policy), ...sharedExplorationProblems(strategy, policy)])
      problems.push({ path: `policies[${i}].${problem.path}`, message: problem.message });
  });
  require(strategy.learnedMaxAttempts === undefined ||
    (Number.isSafeInteger(strategy.learnedMaxAttempts) &&
      strategy.learnedMaxAttempts >= 1 &&
      strategy.learnedMaxAttempts <=
        POLICY_LIMITS.maxAttempts), 'learned_max_attempts', `must be a whole number from 1 to ${POLICY_LIMITS.maxAttempts}`);
  return [
    ...problems,
    ...guardrailProblems(strategy.guardrails, 'guardrails.'),
    ...objectiveProblems(strategy.objective, 'objective.'),
    ...explorationProblems(strategy.exploration, 'exploration.'),
    ...learningProblems(strategy.learning, 'learning.'),
  ];
}

/** What is wrong only because a policy gives one of the shares and the strategy the other. */
function sharedExplorationProblems(strategy: Strategy, { exploration = {} }: RetryPolicy): FieldProblem[] {
  const isMixed = (exploration.maxShare === undefined) !== (exploration.anchorShare === undefined);
  if (!isMixed || explorationProblems(exploration, '').length > 0) return [];
  return explorationProblems(explorationOf(strategy, { exploration }), 'exploration.');
}
