import { describe, expect, it } from '@jest/globals';
import { SETTINGS, type Setting } from './settings.js';
import { unknownVariables } from './unknown-variables.js';

describe('unknownVariables', () => {
  it('names what looks like a setting and is none', () => {
    expect(unknownVariables({ RETRY_TYPO: '1', RETRY_PORT: '80', RETRY_CONFIG: 'file', PATH: '/bin' })).toEqual([
      'RETRY_TYPO',
    ]);
  });

  it('names no setting', () => {
    const names = Object.values<Setting<unknown>>(SETTINGS).flatMap(({ env }) => env ?? []);
    expect(unknownVariables(Object.fromEntries(names.map((name) => [name, '1'])))).toEqual([]);
  });
});
