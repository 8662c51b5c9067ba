import type { EpochMs } from './features.js';
import type { Objective } from './objective.js';
import type { KeptResponse } from './ports.js';

/*
 * What serving, training and judging models needs from the world: as in `ports.ts`, each port has adapters in
 * `libs/storage`, proven by one contract suite.
 */

export const MODEL_TYPES = ['logistic', 'gradient_boosting'] as const;
export type ModelType = (typeof MODEL_TYPES)[number];

/** Outcomes by prediction: a probability of `threshold` or more predicts success. */
export interface Confusion {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** How a model did on rows that it was not trained on: later ones, of other jobs. All within 0–1 except the losses. */
export interface ModelMetrics {
  /** Held-out rows behind every number here. */
  readonly rows: number;
  /** Share of successes among them, 0–1. */
  readonly baseRate: number;
  readonly accuracy: number;
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  /** Mean of `−ln p(what happened)`, nats. */
  readonly logLoss: number;
  /** Mean of `(p − outcome)²`. */
  readonly brier: number;
  /** Probability that a success is ranked above a failure. */
  readonly auc: number;
  /** Expected calibration error over ten equally filled bins. */
  readonly ece: number;
  readonly confusion: Confusion;
  /** Log-loss of always predicting the training rows' share of successes. */
  readonly baseLogLoss: number;
  /** `baseLogLoss − logLoss` per row, and its standard error with rows of one job taken together. */
  readonly skill: number;
  readonly skillStandardError: number;
}

export interface FeatureImportance {
  readonly feature: string;
  /** Share of all importance, 0–1. */
  readonly importance: number;
}

/** Where a model comes from: enough to train it again. */
export interface ModelLineage {
  readonly seed: number;
  /** Digest of the rows that it was trained and judged on. */
  readonly dataHash: string;
  /** Attempts within `[dataFromMs, dataToMs)`. */
  readonly dataFromMs: EpochMs;
  readonly dataToMs: EpochMs;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Version of this software. */
  readonly codeVersion: string;
  /** What computed it, with its version. */
  readonly backend: string;
}

/** A trained model as the registry describes it. Never changes. */
export interface ModelVersion {
  /** Unique; 1–128 characters. */
  readonly version: string;
  readonly modelType: ModelType;
  /** As asked for. */
  readonly features: readonly string[];
  readonly trainedAtMs: EpochMs;
  readonly trainedBy: string;
  /** SHA-256 of the artifact's bytes, 64 hexadecimal digits. */
  readonly artifactSha256: string;
  readonly artifactBytes: number;
  readonly metrics: ModelMetrics;
  readonly importance: readonly FeatureImportance[];
  readonly lineage: ModelLineage;
  /** What else was asked for and found out, as JSON: hyperparameters, cross-validation, off-policy evaluation. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Who answers what: versions by their place. */
export interface Rollout {
  /** Answers all that the canary does not; null: the Bayesian layer does. */
  readonly champion: string | null;
  /** Answers this share of the jobs, 0–100. */
  readonly canary: { readonly version: string; readonly percent: number } | null;
  /** Is asked as well, and never answers. */
  readonly shadow: string | null;
}

export const NOTHING_DEPLOYED: Rollout = { champion: null, canary: null, shadow: null };

export type DeploymentAction = 'deployed' | 'shadowed' | 'rolled_back';

/** One move of the models, and what has been serving since. Never changes. */
export interface Deployment {
  /** Grows by one with each move, from 1. */
  readonly revision: number;
  readonly atMs: EpochMs;
  readonly actor: string;
  readonly action: DeploymentAction;
  /** The version that was moved, or taken back; null where a shadow was taken away. */
  readonly version: string | null;
  readonly reason: string | null;
  readonly rollout: Rollout;
  /** The move to whose rollout a rollback returns, 0 for the time before the first one; null: nothing is left to roll back. */
  readonly previousRevision: number | null;
}

/** Trained models, and which of them serve. Versions and moves are only ever added. */
export interface ModelRegistry {
  /** @throws {MODEL_EXISTS} when the version is taken. */
  register(model: ModelVersion, artifact: Uint8Array): Promise<void>;
  find(version: string): Promise<ModelVersion | null>;
  /** The bytes as they were registered. */
  artifact(version: string): Promise<Uint8Array | null>;
  /** Latest trained first; after `after` when given. */
  list(page: {
    readonly limit: number;
    readonly after?: Pick<ModelVersion, 'trainedAtMs' | 'version'>;
  }): Promise<readonly ModelVersion[]>;
  /** Revision of the newest move, 0 before the first one; cheap enough to poll. */
  revision(): Promise<number>;
  /**
   * Stores the move together with an entry in the configuration's history and the kept response, if that history has
   * begun.
   * @throws {CONFIGURATION_CHANGED} when another move has taken the revision.
   * @throws {IDEMPOTENCY_KEY_REUSED} when a response has been kept under the key meanwhile; it can be read now.
   */
  move(deployment: Deployment, keep?: KeptResponse): Promise<void>;
  deployment(revision: number): Promise<Deployment | null>;
  /** Newest first: below `beforeRevision`, and not later than `untilMs`, when given. */
  deployments(page: {
    readonly limit: number;
    readonly beforeRevision?: number;
    readonly untilMs?: EpochMs;
  }): Promise<readonly Deployment[]>;
}

/**
 * How the decisions of one arm have gone, by whole jobs: decisions of one job are not independent. Of a job, `m` is the
 * number of its decisions whose outcome is known (a stop's always is), and `u` its utility from its first decision on:
 * `Σ g(t_k) · (1[success] − attemptCost)` over its reported attempts, `g(t) = 2^(−t / valueHalfLifeMs)`.
 */
export interface ArmTotals {
  /** As in `Trial`: a model's version, or `bayesian`. */
  readonly arm: string;
  /** Decisions made, whether or not their outcome is known. */
  readonly made: number;
  /** Those of them that the arm's model should have made and failed to. */
  readonly errors: number;
  /** Jobs with m > 0; all that follows is of them. */
  readonly jobs: number;
  /** `Σ m`. */
  readonly decisions: number;
  /** Attempts that were reported to have followed, and how many of them succeeded. */
  readonly attempts: number;
  readonly successes: number;
  /** `Σ u`, `Σ u²`, `Σ u·m`, `Σ m²`. */
  readonly utility: number;
  readonly utilitySquares: number;
  readonly utilityDecisions: number;
  readonly decisionSquares: number;
  /** Mean time, in milliseconds, from a job's first decision to its last reported attempt. */
  readonly meanTimeMs: number;
}

/** The totals of an arm that has decided nothing. */
export function noDecisions(arm: string): ArmTotals {
  return {
    arm,
    made: 0,
    errors: 0,
    jobs: 0,
    decisions: 0,
    attempts: 0,
    successes: 0,
    utility: 0,
    utilitySquares: 0,
    utilityDecisions: 0,
    decisionSquares: 0,
    meanTimeMs: 0,
  };
}

/** What the audit trail and the reports together say of the arms of a comparison. */
export interface TrialHistory {
  /** By arm, those of decisions within `[fromMs, toMs)`; of more than `maxDecisions`, the newest count. */
  arms(query: {
    readonly fromMs: EpochMs;
    readonly toMs: EpochMs;
    readonly objective: Objective;
    readonly maxDecisions: number;
  }): Promise<readonly ArmTotals[]>;
}

export const CANARY_VERDICTS = ['worse', 'better', 'inconclusive'] as const;
export type CanaryVerdict = (typeof CANARY_VERDICTS)[number];

/** What was last found out about a canary. */
export interface CanaryJudgement {
  /** Of the move that gave the canary its share. */
  readonly revision: number;
  readonly version: string;
  readonly atMs: EpochMs;
  readonly verdict: CanaryVerdict;
  /** With the numbers that decided. */
  readonly reason: string;
  /** Utility per decision, canary less what answers the rest; null while nothing is known. */
  readonly difference: number | null;
  /** Always-valid p-value of "not worse", 0–1. */
  readonly pWorse: number;
}

/** What judges find out, and whose turn it is to look. */
export interface CanaryJudgements {
  /** Whether this judge is to look now: of all that ask, one in each `intervalMs`, for each move. */
  claimLook(look: { readonly revision: number; readonly atMs: EpochMs; readonly intervalMs: number }): Promise<boolean>;
  /** Replaces what was noted of the same move. */
  note(judgement: CanaryJudgement): Promise<void>;
  /** Of the newest move that was judged; null before the first one. */
  latest(): Promise<CanaryJudgement | null>;
}
