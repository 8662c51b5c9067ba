import { describe, expect, it } from '@jest/globals';
import { handMadeModel } from '@smart-retry/engine/testing';
import { fromTrainedModel } from '../training/trained-model.dto.js';
import { fromModelVersion, type Places } from './model.dto.js';

const NOBODY: Places = { champion: null, canary: null, shadow: null };
const { description } = handMadeModel();
const show = (model: typeof description) => fromModelVersion(model, NOBODY, { outcomes: 0, advantage: 0 });

describe('a model on the wire', () => {
  it('is what training answered, and more', () => {
    const lineage = { ...description.lineage, trainingRows: 3_267, validationRows: 921 };
    const trained = fromTrainedModel({ ...description, lineage });
    expect(trained).toMatchObject({ validation_set: '22% of 4188 samples' });
    expect(show({ ...description, lineage })).toMatchObject(trained);
  });

  it('spells what the trainer found out as everything else', () => {
    const details = {
      job: 'jobShare',
      hyperparameters: { learning_rate: 0.01 },
      cross_validation: [{ hyperparameters: { max_rounds: 10 }, foldLogLosses: [0.1, null], logLoss: 0.1 }],
      off_policy: { verdict: 'better', evaluation: { doublyRobust: { value: 1, interval: [0, 2] }, ips: null } },
    };
    expect(show({ ...description, details }).details).toEqual({
      job: 'jobShare',
      hyperparameters: { learning_rate: 0.01 },
      cross_validation: [{ hyperparameters: { max_rounds: 10 }, fold_log_losses: [0.1, null], log_loss: 0.1 }],
      off_policy: { verdict: 'better', evaluation: { doubly_robust: { value: 1, interval: [0, 2] }, ips: null } },
    });
  });
});
