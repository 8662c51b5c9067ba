import {
  DEFAULT_STRATEGY,
  type DataCollectionSettings,
  type ExplorationSettings,
  type GuardrailSettings,
  type LearningSettings,
  type Objective,
  type Strategy,
} from '@smart-retry/domain';

/** Settings that are laid over others one by one; all else in a strategy replaces as a whole. */
interface PartialSections {
  readonly guardrails?: Partial<GuardrailSettings>;
  readonly dataCollection?: Partial<DataCollectionSettings>;
  readonly objective?: Partial<Objective>;
  readonly exploration?: Partial<ExplorationSettings>;
  readonly learning?: Partial<LearningSettings>;
}

/** Any part of a strategy. */
export type PartialStrategy = Partial<Omit<Strategy, keyof PartialSections>> & PartialSections;

/** What `part` says, and `base` for all else. */
export function overlayStrategy(base: Strategy, part: PartialStrategy): Strategy {
  return {
    ...base,
    ...part,
    guardrails: { ...base.guardrails, ...part.guardrails },
    dataCollection: { ...base.dataCollection, ...part.dataCollection },
    objective: { ...base.objective, ...part.objective },
    exploration: { ...base.exploration, ...part.exploration },
    learning: { ...base.learning, ...part.learning },
  };
}

/** Fills what is missing with today's defaults: an older version stored only what it knew. */
export function completeStrategy(stored: PartialStrategy): Strategy {
  return overlayStrategy(DEFAULT_STRATEGY, stored);
}
