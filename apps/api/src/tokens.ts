/** Injection tokens of what has no class: ports and plain values. */
export const CLOCK = Symbol('Clock');
export const CONFIGURATION_STORE = Symbol('ConfigurationStore');
export const ATTEMPT_STORE = Symbol('AttemptStore');
export const DECISION_STORE = Symbol('DecisionStore');
export const OUTCOME_HISTORY = Symbol('OutcomeHistory');
export const CHANGE_LEDGER = Symbol('ChangeLedger');
export const SUBJECT_ARCHIVE = Symbol('SubjectArchive');
export const TRAINING_JOBS = Symbol('TrainingJobs');
export const STORE_PROBES = Symbol('StoreProbe[]');
export const MODEL_REGISTRY = Symbol('ModelRegistry');
export const CANARY_JUDGEMENTS = Symbol('CanaryJudgements');
export const TRIAL_HISTORY = Symbol('TrialHistory');
