/** Outcomes by prediction, at a threshold: `probability ≥ threshold` predicts success. */
export interface Confusion {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** How a model did on rows that it was not trained on; all within 0–1 except the losses. */
export interface ModelMetrics {
  /** Rows behind every figure here. */
  readonly rows: number;
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
  /** Share of successes among the rows. */
  readonly baseRate: number;
  readonly confusion: Confusion;
  /** Log-loss of always predicting the training rows' share of successes. */
  readonly baseLogLoss: number;
  /** `baseLogLoss − logLoss` per row, and its standard error with rows of one job taken together. */
  readonly skill: number;
  readonly skillStandardError: number;
}

/** Whether a model knows more than the share of successes: its skill is above zero by two standard errors. */
export function hasSkill({ skill, skillStandardError }: ModelMetrics): boolean {
  return skill > 2 * skillStandardError && skill > 0;
}
