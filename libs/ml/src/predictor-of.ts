import type { ModelBody } from './artifact.js';
import type { Encoder } from './encoder.js';
import { logisticPredictor } from './logistic-predictor.js';
import type { Predictor } from './predictor.js';
import { treePredictor } from './tree-predictor.js';

/** What predicts by a model's body; its rows are encoded by `encoder`. */
export function predictorOf(encoder: Encoder, body: ModelBody): Predictor {
  switch (body.kind) {
    case 'logistic':
      return logisticPredictor(encoder, body);
    case 'gradient_boosting':
      return treePredictor(encoder, body);
  }
}
