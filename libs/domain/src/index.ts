export { REPLICA_GONE_MS } from './replica-ports.js';
export type {
  ConfigurationMirror,
  KnownRevision,
  MirroredConfiguration,
  ReplicaRegistry,
  ReplicaState,
  SeenReplica,
} from './replica-ports.js';
export { isLive, KEY_SCOPES } from './access.js';
export type { ApiKey, KeyScope } from './access.js';
export type { ApiKeyStore, KeyCreation, KeyRevocation, KeyList } from './access-ports.js';
export { ERROR_KINDS, SmartRetryError, throwIfProblems } from './errors.js';
export type { ErrorCode, ErrorKind, FieldProblem, SmartRetryErrorOptions } from './errors.js';
export {
  describeDuration,
  describeUnequalDurations,
  formatClockDuration,
  formatGoDuration,
  parseDurationMs,
} from './durations.js';
export { createRng, uniformInteger } from './rng.js';
export type { Rng } from './rng.js';
export { DELAY_BUCKETS, delayBucketIndex, delayBucketOf } from './delay-buckets.js';
export type { DelayBucket } from './delay-buckets.js';
export {
  DEFAULT_EXPLORATION,
  DEFAULT_OBJECTIVE,
  OBJECTIVE_LIMITS,
  explorationOf,
  explorationProblems,
  objectiveOf,
  objectiveProblems,
} from './objective.js';
export type { ExplorationSettings, Objective } from './objective.js';
export { combinationsOf, HYPERPARAMETERS, hyperparameterProblems } from './hyperparameters.js';
export type { HyperparameterRanges, Hyperparameters } from './hyperparameters.js';
export { DEFAULT_LEARNING, LEARNING_LIMITS, LEARNING_MODES, learningProblems } from './learning.js';
export type { ExcludedWindow, JobTypeLearning, LearningMode, LearningSettings } from './learning.js';
export { isExplorable, isTeaching, learnedUntilMs, learningModeOf } from './learning-index.js';
export type { TeachingQuestion } from './learning-index.js';
export { BUILT_IN_POLICY, DEFAULT_POLICIES, POLICY_LIMITS, policyProblems } from './policy.js';
export type { RetryPolicy } from './policy.js';
export {
  AGGREGATION_INTERVALS_MS,
  DEFAULT_STRATEGY,
  STRATEGY_LIMITS,
  guardrailProblems,
  strategyProblems,
} from './strategy.js';
export type { DataCollectionSettings, GuardrailSettings, ScopedStop, Strategy } from './strategy.js';
export { NEW_BREAKER } from './fleet.js';
export type { BreakerOverride, BreakerRecord, BreakerState, FailureKind } from './fleet.js';
export { EACH_TENANT, TENANT_LIMIT_BOUNDS, tenantLimitProblems } from './tenant-limits.js';
export type { TenantLimit } from './tenant-limits.js';
export { FLEET_SUMS } from './fleet-ports.js';
export type { FleetLedger, FleetMembership, FleetNews, FleetShare, FleetSum, SumsByKey } from './fleet-ports.js';
export { dependencyOf } from './features.js';
export type { Clock, EpochMs, RetryFeatures } from './features.js';
export { legible } from './legible.js';
export { silenceOf } from './silence.js';
export { formatTimestamp } from './timestamps.js';
export {
  fromRecommendationDocument,
  toAlternativeDocument,
  toRecommendationDocument,
} from './recommendation-document.js';
export type { AlternativeDocument, RecommendationDocument } from './recommendation-document.js';
export { recommendationToJson } from './recommendation-json.js';
export { NO_SUCCESS, REASON_CODES, UNINFORMED_ESTIMATE } from './recommendation.js';
export type {
  Abstention,
  AdmissionVerdict,
  Alternative,
  DecisionAction,
  DecisionMethod,
  DecisionRecord,
  Evidence,
  ExplorationPlan,
  FleetEvidence,
  Forecast,
  GuardrailEffect,
  GuardrailName,
  LayerName,
  Proposal,
  ReasonCode,
  Recommendation,
  ShadowAnswer,
  SuccessEstimate,
  Trial,
  TriedAction,
} from './recommendation.js';
export { isWithoutOutcome, STATISTICS_DIMENSIONS, STATUSES_WITHOUT_OUTCOME, waitBetweenMs } from './attempt.js';
export type {
  AttemptCounts,
  AttemptRecord,
  AttemptReport,
  FailureLink,
  LinkSource,
  RetryStatistics,
  StatisticsDimension,
  StatisticsQuery,
} from './attempt.js';
export { taughtOutcomeOf } from './taught-outcome.js';
export type { TaughtOutcome, TeachingRecord } from './taught-outcome.js';
export { FAILURE_WINDOW_MS, FAILURE_WINDOW_SLOT_MS } from './ports.js';
export type {
  AttemptStore,
  ConfigurationChange,
  ConfigurationChannel,
  ConfigurationHistoryEntry,
  ConfigurationStore,
  DecisionQuery,
  DecisionStore,
  FailureCandidate,
  FailureCandidates,
  FailureCounters,
  FailureLookup,
  KeptResponse,
  OutcomeHistory,
  OutcomePage,
  ReportedOutcome,
  ReportLookup,
  SigningKeyStore,
  StoredConfiguration,
} from './ports.js';
export type { ChangeEntry, ChangeEvent, ChangeLedger, LedgerVerdict } from './audit-ports.js';
export { CANARY_VERDICTS, MODEL_TYPES, noDecisions, NOTHING_DEPLOYED } from './model-ports.js';
export type {
  ArmTotals,
  CanaryJudgement,
  CanaryJudgements,
  CanaryVerdict,
  Confusion,
  Deployment,
  DeploymentAction,
  FeatureImportance,
  ModelLineage,
  ModelMetrics,
  ModelRegistry,
  ModelType,
  ModelVersion,
  Rollout,
  TrialHistory,
} from './model-ports.js';
export type { DataSubject, ErasedRecords, ErasureRequest, SubjectArchive, SubjectRecord } from './subject-ports.js';
export { INTERRUPTED, MAX_OPEN_TRAINING_JOBS, MAX_TRAINING_RUNS, TRAINING_JOB_STATES } from './training-ports.js';
export type {
  LostTrainer,
  NewTrainingJob,
  TaughtRetry,
  TeachingHistory,
  TeachingWindow,
  TrainingFailure,
  TrainingJob,
  TrainingJobs,
  TrainingJobState,
  TrainingOrder,
  TrainingOutcome,
  TrainingRun,
} from './training-ports.js';
