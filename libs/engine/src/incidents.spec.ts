import { describe, expect, it } from '@jest/globals';
import { T0 } from '@smart-retry/domain/testing';
import { Incidents } from './incidents.js';

const MINUTE_MS = 60_000;
const open = () => new Incidents({ maxDependencies: 2 });

describe('Incidents', () => {
  it('knows how long a dependency has been failing without a success', () => {
    const incidents = open();
    expect(incidents.fail('erp', T0)).toBe(0);
    expect(incidents.fail('erp', T0 + 5_000)).toBe(5_000);
    expect(incidents.ageAt('erp', T0 + 7_000)).toBe(7_000);
    expect(incidents.ageAt('mail', T0 + 7_000)).toBe(0);
    incidents.succeed('erp', T0 + 8_000);
    expect(incidents.ageAt('erp', T0 + 9_000)).toBe(0);
    expect(incidents.fail('erp', T0 + 10_000)).toBe(0);
  });

  it('begins anew after a long silence, although nobody told of a success', () => {
    const incidents = open();
    incidents.fail('erp', T0);
    expect(incidents.fail('erp', T0 + 9 * MINUTE_MS)).toBe(9 * MINUTE_MS);
    expect(incidents.ageAt('erp', T0 + 20 * MINUTE_MS)).toBe(0);
    expect(incidents.fail('erp', T0 + 20 * MINUTE_MS)).toBe(0);
  });

  it('takes late news of a failure as part of the incident, unless it is of one before', () => {
    const incidents = open();
    incidents.fail('erp', T0);
    expect(incidents.fail('erp', T0 - MINUTE_MS)).toBe(0);
    expect(incidents.ageAt('erp', T0)).toBe(MINUTE_MS);
    expect(incidents.fail('erp', T0 - 180 * MINUTE_MS)).toBe(0);
    expect(incidents.ageAt('erp', T0)).toBe(MINUTE_MS);
  });

  it('takes late news of a success as the end of what was before it alone', () => {
    const incidents = open();
    incidents.fail('erp', T0);
    incidents.fail('erp', T0 + MINUTE_MS);
    incidents.succeed('erp', T0 + 30_000);
    expect(incidents.ageAt('erp', T0 + MINUTE_MS)).toBe(30_000);
    expect(incidents.fail('erp', T0 + 10_000)).toBe(0);
    expect(incidents.ageAt('erp', T0 + MINUTE_MS)).toBe(30_000);
  });

  it('is bounded: the dependency unheard of for longest goes first', () => {
    const incidents = open();
    for (const name of ['a', 'b', 'c']) incidents.fail(name, T0);
    expect(['a', 'b', 'c'].map((name) => incidents.ageAt(name, T0 + 1_000))).toEqual([0, 1_000, 1_000]);
  });
});
