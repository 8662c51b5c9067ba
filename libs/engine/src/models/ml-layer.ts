import {
  learningModeOf,
  objectiveOf,
  silenceOf,
  type Abstention,
  type Forecast,
  type Proposal,
  type ReasonCode,
  type ShadowAnswer,
  type SuccessEstimate,
} from '@smart-retry/domain';
import type { BayesianMemory, BayesianView } from '@smart-retry/bayesian';
import type { Contribution, ModelContext } from '@smart-retry/ml';
import { proposeFromDefault, proposeFromRules } from '@smart-retry/rules';
import { isSureEnough, lookAtBeliefs } from '../bayesian-layer.js';
import { learnedBoundsOf, type LearnedBounds } from '../learned-bounds.js';
import type { Layer, LayerContext } from '../layers.js';
import { candidateDelays, candidateFor, type CandidateDelay } from './candidate-delays.js';
import type { Remaining } from './look-ahead.js';
import { timeLeftOf } from '../time-left.js';
import { confidenceOf, isFamiliar } from './model-confidence.js';
import type { ModelContest } from './model-contest.js';
import { contextOf, type MeansOf } from './model-context.js';
import { estimateOf, proposeFromModel } from './propose-from-model.js';
import { rankDelays } from './rank-delays.js';
import { assignedModel, type LoadedModel, type ServingModels } from './serving-models.js';

export interface MlLayerDependencies {
  readonly models: () => ServingModels;
  readonly memory: BayesianMemory;
  readonly means: MeansOf;
  readonly contest: Pick<ModelContest, 'isBeaten'>;
}

/**
 * The layer that speaks from a trained model: it gives the candidates of the Bayesian layer other chances of success, and
 * the same value decides. It is silent where it is not the job's turn, where it knows nothing of such failures, where it
 * is not sure enough, where it would give up what the Bayesian layer is sure enough to retry, and where the Bayesian layer
 * has known better.
 */
export function createMlLayer({ models: currentModels, memory, means, contest }: MlLayerDependencies): Layer {
  return (context) => {
    const { features, policy, strategy, nowMs } = context;
    if (!strategy.mlEnabled) return abstain('ml_disabled');
    const models = currentModels();
    const model = assignedModel(features, models);
    if (model === null && models.canary === null && models.shadow === null) return abstain('ml_no_model');
    const bounds = learnedBoundsOf(strategy, policy);
    const isExhausted = features.attemptNumber >= bounds.maxAttempts;
    const view = isExhausted ? null : lookAtBeliefs(memory, context, bounds);
    const candidates = isExhausted ? [] : candidateDelays(context, bounds, view);
    const remaining = remainingOf(context, bounds);
    const rank = (asked: LoadedModel, failure = features) =>
      rankDelays(asked, contextOf(failure, nowMs, asked, means), candidates, remaining);
    const shadow = models.shadow === null ? null : shadowAnswer(models.shadow, rank(models.shadow));
    // What is only observed is served to nobody, so that it says nothing of who serves better.
    const isServed = learningModeOf(strategy.learning, features.jobType) === 'on';
    const trial = (forecasts: readonly Forecast[]) => {
      if (!isServed) return {};
      return {
        trial: { arm: model?.description.version ?? 'bayesian', forecasts, ...(shadow !== null && { shadow }) },
      };
    };
    if (model === null) {
      return { ...abstain(models.canary === null ? 'ml_no_model' : 'ml_not_in_canary'), ...trial([]) };
    }
    if (isExhausted) return { ...abstain('ml_attempts_exhausted'), ...trial([]) };
    const ranking = rank(model);
    if (ranking === null) return { ...abstain('ml_failed'), ...trial([]) };
    const inTrial = trial(ranking.forecasts);
    if (!isFamiliar(model, features)) return { ...abstain('ml_unfamiliar'), ...inTrial };
    // No outcome ever shows a stop to be wrong, and what is not retried teaches nothing.
    const wouldGiveUp = ranking.best === -1 && isSureEnough(view, strategy) && view.best !== null;
    const confidence = confidenceOf(ranking, anchorOf(context, candidates, view));
    if (wouldGiveUp || confidence < strategy.mlThreshold) return { ...abstain('ml_unsure'), ...inTrial };
    if (contest.isBeaten(model.description.version, features)) return { ...abstain('ml_not_better'), ...inTrial };
    const shown = ranking.delays[Math.max(0, ranking.best)]?.delayMs ?? 0;
    const proposal: Proposal = proposeFromModel(model, ranking, {
      confidence,
      maxDelayMs: bounds.maxDelayMs,
      contributions: explained(model, contextOf(features, nowMs, model, means), shown),
    });
    const exploration = view?.exploration ?? null;
    const mayBeProbe = context.isCalm === false && ranking.best !== -1;
    const soonest = mayBeProbe ? ranking.delays[0] : undefined;
    const onceBack = ranking.best === -1 ? bestOf(model, rank(model, { ...features, incidentAgeMs: 0 })) : null;
    return {
      ...proposal,
      ...inTrial,
      ...(exploration !== null && { exploration }),
      ...(onceBack !== null && { onceBack }),
      ...(soonest !== undefined && { atOnce: estimateOf(model, soonest) }),
    };
  };
}

/**
 * What would be done without the model: by the Bayesian layer where it is sure enough to speak, else the candidate that is
 * nearest to what the rules would do; −1 for a stop.
 */
function anchorOf(
  { features, policy, strategy }: LayerContext,
  candidates: readonly CandidateDelay[],
  view: BayesianView | null,
): number {
  if (isSureEnough(view, strategy)) {
    return view.best === null ? -1 : candidateFor(candidates, view.best.delayMs);
  }
  const rules = policy === null ? proposeFromDefault(features) : proposeFromRules(features, policy);
  if (rules.kind === 'abstention' || rules.action === 'stop') return -1;
  return candidateFor(candidates, rules.delayMs);
}

function remainingOf({ features, policy, strategy, nowMs }: LayerContext, { maxAttempts }: LearnedBounds): Remaining {
  const { untilDeadlineMs, untilMaxElapsedMs } = timeLeftOf(features, policy, nowMs);
  const { valueHalfLifeMs } = objectiveOf(strategy, policy);
  return { maxAttempts, valueHalfLifeMs, untilMs: Math.min(untilDeadlineMs, untilMaxElapsedMs) };
}

/** What a model expects of the delay that it would choose; null where it would choose none. */
function bestOf(model: LoadedModel, ranking: ReturnType<typeof rankDelays>): SuccessEstimate | null {
  const best = ranking?.delays[ranking.best];
  return best === undefined ? null : estimateOf(model, best);
}

/** Nothing where the model cannot say: an answer without its reasons is better than none. */
function explained(model: LoadedModel, context: ModelContext, delayMs: number): readonly Contribution[] {
  try {
    return model.explain(context, delayMs);
  } catch {
    return [];
  }
}

function shadowAnswer({ description }: LoadedModel, ranking: ReturnType<typeof rankDelays>): ShadowAnswer | null {
  if (ranking === null) return null;
  return {
    modelVersion: description.version,
    delayMs: ranking.delays[ranking.best]?.delayMs ?? null,
    forecasts: ranking.forecasts,
  };
}

function abstain(reason: ReasonCode): Abstention {
  return silenceOf('ml', reason);
}
