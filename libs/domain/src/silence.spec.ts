import { expect, it } from '@jest/globals';
import { silenceOf } from './silence.js';

it('is one frozen abstention for each layer and reason', () => {
  const silence = silenceOf('ml', 'ml_no_model');
  expect(silence).toEqual({ kind: 'abstention', layer: 'ml', reason: 'ml_no_model' });
  expect(silenceOf('ml', 'ml_no_model')).toBe(silence);
  expect(Object.isFrozen(silence)).toBe(true);
  expect(silenceOf('ml', 'ml_disabled')).not.toEqual(silence);
  expect(silenceOf('bayesian', 'ml_no_model')).not.toEqual(silence);
});
