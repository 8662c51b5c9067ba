import type { ModelType } from '@smart-retry/domain';
import type { Learner } from './learner.js';
import { logisticLearner } from './logistic-learner.js';
import { treeLearner } from './tree-learner.js';

const LEARNERS: Readonly<Record<ModelType, Learner>> = {
  logistic: logisticLearner,
  gradient_boosting: treeLearner,
};

/** What trains a type of model. */
export function learnerOf(modelType: ModelType): Learner {
  return LEARNERS[modelType];
}
