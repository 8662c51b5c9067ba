import {
  noDecisions,
  type CanaryJudgement,
  type CanaryJudgements,
  type Clock,
  type EpochMs,
  type ModelRegistry,
  type Objective,
  type TrialHistory,
} from '@smart-retry/domain';
import { ModelMoves } from '@smart-retry/engine';
import { judgeCanary, type JudgedShare } from '@smart-retry/training';

export interface CanaryJudgeOptions {
  readonly models: ModelRegistry;
  readonly trials: TrialHistory;
  readonly judgements: CanaryJudgements;
  readonly objective: () => Promise<Objective>;
  /** Between two looks of all judges together. */
  readonly intervalMs: number;
  /** Younger decisions are not compared: of what waits longer, failures would be known later than of the rest. */
  readonly lagMs: number;
  readonly clock: Clock;
}

/** Of more decisions than this the newest are compared: a look must end. */
const MAX_DECISIONS = 500_000;
/** Moves that are looked at; of a canary that was moved more often, the shares before them are not compared. */
const MAX_MOVES = 200;
/** Shares that are compared, the newest ones: each is read anew at every look. */
const MAX_SHARES = 10;

/**
 * Compares the canary with what answers the rest, over all shares that it has had beside it, and takes it back where it
 * is worse. Answers what was found out; null where there is no canary, or another judge looks at it.
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
  /** When each share began, the present one first. */
  readonly sharesSinceMs: readonly [EpochMs, ...EpochMs[]];
}

/** The newest move that changed who answers, if it leaves a canary, with those before it that gave it other shares. */
async function moveOfCanary(models: Pick<ModelRegistry, 'deployments'>): Promise<CanaryMove | null> {
  const moves = (await models.deployments({ limit: MAX_MOVES })).filter(({ action }) => action !== 'shadowed');
  const [move] = moves;
  if (move === undefined || move.rollout.canary === null) return null;
  const { canary, champion } = move.rollout;
  const other = moves.findIndex(
    ({ rollout }) => rollout.canary?.version !== canary.version || rollout.champion !== champion,
  );
  const earlier = moves.slice(1, Math.min(MAX_SHARES, other === -1 ? MAX_SHARES : other));
  return {
    revision: move.revision,
    canary: canary.version,
    control: champion ?? 'bayesian',
    sharesSinceMs: [move.atMs, ...earlier.map(({ atMs }) => atMs)],
  };
}

async function compare(move: CanaryMove, { trials, objective: currentObjective, lagMs, clock }: CanaryJudgeOptions) {
  const nowMs = clock();
  const objective = await currentObjective();
  const shareOf = async (fromMs: EpochMs, toMs: EpochMs): Promise<JudgedShare> => {
    const arms = toMs <= fromMs ? [] : await trials.arms({ fromMs, toMs, objective, maxDecisions: MAX_DECISIONS });
    const of = (name: string) => arms.find(({ arm }) => arm === name) ?? noDecisions(name);
    return { canary: of(move.canary), control: of(move.control) };
  };
  const knownToMs = nowMs + 1 - lagMs;
  const [presentSinceMs, ...earlierSinceMs] = move.sharesSinceMs;
  const present = await shareOf(presentSinceMs, knownToMs);
  const earlier: JudgedShare[] = [];
  let untilMs = presentSinceMs;
  for (const sinceMs of earlierSinceMs) {
    earlier.unshift(await shareOf(sinceMs, Math.min(untilMs, knownToMs)));
    untilMs = sinceMs;
  }
  // A model that fails is known at once: no outcome has to be waited for.
  const { made, errors } = lagMs === 0 ? present.canary : (await shareOf(presentSinceMs, nowMs + 1)).canary;
  return judgeCanary([...earlier, { ...present, canary: { ...present.canary, made, errors } }]);
}
