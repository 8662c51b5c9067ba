import {
  noDecisions,
  type CanaryJudgement,
  type CanaryJudgements,
  type Clock,
  type Deployment,
  type ModelRegistry,
  type Objective,
  type TrialHistory,
} from '@smart-retry/domain';
import { ModelMoves } from '@smart-retry/engine';
import { judgeCanary } from '@smart-retry/training';

export interface CanaryJudgeOptions {
  readonly models: ModelRegistry;
  readonly trials: TrialHistory;
  readonly judgements: CanaryJudgements;
  readonly objective: () => Promise<Objective>;
  /** Between two looks of all judges together. */
  readonly intervalMs: number;
  readonly clock: Clock;
}

/** Of more decisions than this the newest are compared: a look must end. */
const MAX_DECISIONS = 500_000;
/** Moves that may have come since the canary got its share: each of them moved a shadow. */
const MAX_MOVES = 200;

/**
 * Compares the canary with what answers the rest since it got its share, and takes it back where it is worse. Answers
 * what was found out; null where there is no canary, or another judge looks at it.
 *
 * @throws {STORE_UNAVAILABLE}
 */
export async function judgeServedCanary(options: CanaryJudgeOptions): Promise<CanaryJudgement | null> {
  const { models, judgements, intervalMs, clock } = options;
  const move = await moveOfCanary(models);
  if (move === null) return null;
  const { revision, canary } = move;
  const atMs = clock();
  if (!(await judgements.claimLook({ revision, atMs, intervalMs }))) return null;
  const judgement = { revision, version: canary, atMs, ...(await compare(move, options)) };
  await judgements.note(judgement);
  if (judgement.verdict === 'worse') {
    const judge = { actor: 'judge', reason: judgement.reason };
    await new ModelMoves({ registry: models, clock }).rollBackCanary(canary, judge);
  }
  return judgement;
}

interface CanaryMove {
  readonly revision: number;
  readonly canary: string;
  readonly control: string;
  readonly sinceMs: number;
}

/** The newest move that changed who answers, if it leaves a canary. */
async function moveOfCanary(models: Pick<ModelRegistry, 'deployments'>): Promise<CanaryMove | null> {
  const moves = await models.deployments({ limit: MAX_MOVES });
  const move: Deployment | undefined = moves.find(({ action }) => action !== 'shadowed');
  if (move === undefined || move.rollout.canary === null) return null;
  const { canary, champion } = move.rollout;
  return { revision: move.revision, canary: canary.version, control: champion ?? 'bayesian', sinceMs: move.atMs };
}

async function compare(move: CanaryMove, { trials, objective, clock }: CanaryJudgeOptions) {
  const window = { fromMs: move.sinceMs, toMs: Math.max(clock(), move.sinceMs) + 1 };
  const arms = await trials.arms({ ...window, objective: await objective(), maxDecisions: MAX_DECISIONS });
  const of = (name: string) => arms.find(({ arm }) => arm === name) ?? noDecisions(name);
  return judgeCanary(of(move.canary), of(move.control));
}
