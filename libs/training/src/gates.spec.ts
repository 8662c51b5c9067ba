import { describe, expect, it } from '@jest/globals';
import { MAX_ARTIFACT_BYTES } from '@smart-retry/ml';
import { throwIfTooLarge } from './gates.js';

describe('throwIfTooLarge', () => {
  it('refuses a model that nobody would load, and names what to ask for less of', () => {
    expect(() => throwIfTooLarge({ byteLength: MAX_ARTIFACT_BYTES })).not.toThrow();
    expect(() => throwIfTooLarge({ byteLength: MAX_ARTIFACT_BYTES + 1 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        fields: [{ path: 'hyperparameters', message: expect.stringContaining('33554433 bytes') as unknown }],
      }),
    );
  });
});
