import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { workTogether } from './work-together.js';

describe('workTogether', () => {
  it('works off what has arrived in one turn together, in order, and nothing before its end', async () => {
    const worked: (readonly string[])[] = [];
    const give = workTogether<string>((items) => worked.push(items));
    ['a', 'b', 'c'].forEach(give);
    await Promise.resolve();
    expect(worked).toEqual([]);
    await nextTurn();
    expect(worked).toEqual([['a', 'b', 'c']]);
  });

  it('leaves what arrives meanwhile to the next turn', async () => {
    const worked: (readonly number[])[] = [];
    const give = workTogether<number>((items) => {
      worked.push(items);
      items.filter((n) => n < 3).forEach((n) => give(n + 1));
    });
    give(1);
    for (let turn = 0; turn < 4; turn++) await nextTurn();
    expect(worked).toEqual([[1], [2], [3]]);
  });
});
