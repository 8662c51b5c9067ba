import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Untaught } from './untaught.js';

describe('Untaught', () => {
  it('names what was untaught for longest, whatever is taught, forgotten and taught anew', () => {
    const step = fc.oneof(fc.nat(9), fc.constant('forget' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const held = new Map<number, { lastTaught: number }>();
        const untaught = new Untaught(() => held);
        /** The least recently taught first, kept with every lesson. */
        const order = new Set<number>();
        let lessons = 0;
        for (const one of steps) {
          if (one === 'forget') {
            const [longest] = order;
            expect(untaught.longest()).toBe(longest);
            if (longest === undefined) continue;
            untaught.forget();
            held.delete(longest);
            order.delete(longest);
          } else {
            const known = held.get(one);
            if (known === undefined) held.set(one, { lastTaught: ++lessons });
            else known.lastTaught = ++lessons;
            order.delete(one);
            order.add(one);
          }
        }
      }),
    );
  });

  it('does not forget by itself', () => {
    const untaught = new Untaught(() => [
      ['b', { lastTaught: 2 }],
      ['a', { lastTaught: 1 }],
    ]);
    expect([untaught.longest(), untaught.longest()]).toEqual(['a', 'a']);
  });
});
