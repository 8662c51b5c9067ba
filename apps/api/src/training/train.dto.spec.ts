import { describe, expect, it } from '@jest/globals';
import { toTrainingOrder } from './train.dto.js';

describe('an order to train', () => {
  it('is refused with the place of each name that is no feature', () => {
    const features = ['attempt_number', 'moon_phase', 'health.cpu', 'tide'];
    expect(() => toTrainingOrder({ model_type: 'logistic', features })).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        fields: [expect.objectContaining({ path: 'features[1]' }), expect.objectContaining({ path: 'features[3]' })],
      }),
    );
  });
});
