import { describe, expect, it } from '@jest/globals';
import { changesBetween } from './changes-between.js';

describe('changesBetween', () => {
  const policy = (name: string, delayMs = 1) => ({ name, backoff: { delay_ms: delayMs } });

  it('names each value that changed, appeared or went, and nothing else', () => {
    const before = { enabled: true, guardrails: { max_delay_ms: 1, max_attempts: 3 }, gone: [1] };
    const after = { enabled: true, guardrails: { max_delay_ms: 2, max_attempts: 3 }, limits: [{ tenant: 'a' }] };
    expect(changesBetween(before, after)).toEqual([
      { path: 'guardrails.max_delay_ms', before: 1, after: 2 },
      { path: 'gone', before: [1], after: null },
      { path: 'limits', before: null, after: [{ tenant: 'a' }] },
    ]);
    expect(changesBetween(before, structuredClone(before))).toEqual([]);
  });

  it('compares policies by name: one that goes moves no others', () => {
    const before = { policies: [policy('first'), policy('second'), policy('third')] };
    const after = { policies: [policy('second', 5), policy('third'), policy('fourth')] };
    expect(changesBetween(before, after)).toEqual([
      { path: 'policies[first]', before: policy('first'), after: null },
      { path: 'policies[second].backoff.delay_ms', before: 1, after: 5 },
      { path: 'policies[fourth]', before: null, after: policy('fourth') },
    ]);
  });

  it('tells when only their order changed, which decides what matches first', () => {
    const [first, second] = [policy('first'), policy('second')];
    expect(changesBetween({ policies: [first, second] }, { policies: [second, first] })).toEqual([
      { path: 'policies', before: ['first', 'second'], after: ['second', 'first'] },
    ]);
  });
});
