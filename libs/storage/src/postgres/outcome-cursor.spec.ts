import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextInTail, transactionsOf, type TailCursor } from './outcome-cursor.js';

const SINCE = '100:100:';

describe('a tail', () => {
  const readAll = (rowsOf: (transaction: number) => number, untilTransaction: number, limit: number) => {
    const until = `${untilTransaction}:${untilTransaction}:`;
    let cursor: TailCursor = { since: SINCE };
    const read: string[] = [];
    let looked = 0;
    let pages = 0;
    do {
      const { first, end } = transactionsOf(cursor);
      const { after } = cursor.round ?? {};
      const page = [];
      for (let recordedIn = first; recordedIn < Math.min(end, untilTransaction); recordedIn++) {
        for (let place = 0; place < rowsOf(recordedIn); place++) {
          looked++;
          const isBehind = recordedIn === after?.recordedIn && place <= Number(after.place);
          if (!isBehind) page.push({ recordedIn, table: 1, place: String(place) });
        }
      }
      page.splice(limit);
      read.push(...page.map((row) => `${row.recordedIn}.${row.place}`));
      cursor = nextInTail(cursor, { until, last: page.length < limit ? undefined : page.at(-1) });
      pages++;
    } while (cursor.round !== undefined);
    return { read, looked, pages, cursor };
  };

  it('is read to its end in one page when that is not full', () => {
    const { read, pages, cursor } = readAll((transaction) => (transaction === 103 ? 2 : 0), 5_000, 3);
    expect([read, pages, cursor]).toEqual([['103.0', '103.1'], 1, { since: '5000:5000:' }]);
  });

  it('gives each row once, in order, whatever the sizes of transactions and pages', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (sizes, limit) => {
        const { read } = readAll((transaction) => sizes[transaction - 100] ?? 0, 100 + sizes.length, limit);
        const all = sizes.flatMap((size, i) => Array.from({ length: size }, (_, place) => `${100 + i}.${place}`));
        expect(read).toEqual(all);
      }),
    );
  });

  it('looks at a bounded number of rows for each that it gives', () => {
    const { read, looked } = readAll(() => 5, 100 + 20_000, 100);
    expect(read).toHaveLength(100_000);
    expect(looked / read.length).toBeLessThan(5);
  });
});
