import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import { Confirmations } from './configuration-freshness.js';

const open = (expiresAfterMs = 60_000) => new Confirmations({ staleAfterMs: 5_000, expiresAfterMs, nowMs: T0 });

describe('a configuration', () => {
  it('is confirmed, then stale, then expired', () => {
    const confirmations = open();
    confirmations.confirm(T0 + 10);
    const at = (ms: number) => confirmations.freshnessAt(T0 + 10 + ms);
    expect([at(0), at(5_000), at(5_001), at(60_000), at(60_001)]).toEqual([
      'confirmed',
      'confirmed',
      'stale',
      'stale',
      'expired',
    ]);
  });

  it('that was never confirmed is stale, and expires from the start on', () => {
    expect([0, 60_000, 60_001].map((ms) => open().freshnessAt(T0 + ms))).toEqual(['stale', 'stale', 'expired']);
  });

  it('never expires where there is no bound', () => {
    expect(open(Number.POSITIVE_INFINITY).freshnessAt(T0 + 1e12)).toBe('stale');
  });

  it('is as old as its newest confirmation, in whatever order they come', () => {
    const confirmations = open();
    confirmations.confirm(T0 + 4_000);
    confirmations.confirm(T0 + 1_000);
    expect(confirmations.freshnessAt(T0 + 9_000)).toBe('confirmed');
  });
});
