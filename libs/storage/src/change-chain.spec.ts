import { describe, expect, it } from '@jest/globals';
import type { ChangeEntry, ChangeEvent } from '@smart-retry/domain';
import fc from 'fast-check';
import { CHAIN_ORIGIN, ChainWalk, sealChange } from './change-chain.js';

const events: fc.Arbitrary<ChangeEvent> = fc.record({
  atMs: fc.integer(),
  actor: fc.string(),
  action: fc.string(),
  target: fc.option(fc.string()),
  reason: fc.option(fc.string()),
  details: fc.dictionary(fc.string(), fc.jsonValue()),
});

const seal = (given: readonly ChangeEvent[]): readonly ChangeEntry[] =>
  given.reduce<ChangeEntry[]>((chain, event) => [...chain, sealChange(event, chain.at(-1) ?? CHAIN_ORIGIN)], []);

const walk = (entries: readonly ChangeEntry[]) => {
  const chain = new ChainWalk();
  entries.every((entry) => chain.take(entry));
  return chain.verdict;
};

describe('a chain of changes', () => {
  it('is intact from end to end', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 20 }), (given) => {
        const chain = seal(given);
        expect(walk(chain)).toEqual({
          intactEntries: given.length,
          headHash: (chain.at(-1) ?? CHAIN_ORIGIN).hash,
          problem: null,
        });
      }),
    );
  });

  it('names the first entry in which any field was changed', () => {
    const changed = fc.tuple(fc.array(events, { minLength: 1, maxLength: 8 }), fc.nat(), fc.nat(), fc.string());
    fc.assert(
      fc.property(changed, ([given, position, field, text]) => {
        const chain = [...seal(given)];
        const at = position % chain.length;
        const entry = chain[at];
        if (entry === undefined) return;
        const names = ['actor', 'action', 'target', 'reason', 'atMs', 'details', 'hash', 'previousHash'] as const;
        const name = names[field % names.length] ?? 'actor';
        const value = name === 'details' ? { [text]: 'forged' } : name === 'atMs' ? entry.atMs + 1 : `${text} forged`;
        chain[at] = { ...entry, [name]: value };
        const { intactEntries, problem } = walk(chain);
        expect(intactEntries).toBe(at);
        expect(problem).toContain(`entry ${at + 1} `);
      }),
    );
  });

  it('notices an entry that was removed, moved or put in, unless it is the last', () => {
    const chain = seal(Array.from({ length: 5 }, (_, i) => ({ ...someEvent, atMs: i })));
    const [one, two, three, four, five] = chain as readonly [
      ChangeEntry,
      ChangeEntry,
      ChangeEntry,
      ChangeEntry,
      ChangeEntry,
    ];
    expect(walk([one, two, four, five]).problem).toBe('entry 3 is missing: entry 4 follows');
    expect(walk([two, three, four, five]).problem).toBe('entry 1 is missing: entry 2 follows');
    expect(walk([one, three, two, four, five]).problem).toBe('entry 2 is missing: entry 3 follows');
    const forged = sealChange(someEvent, one);
    expect(walk([one, forged, three]).problem).toBe('entry 3 does not follow from the one before it');
    // What was cut off at the end shows in the head alone.
    expect(walk([one, two, three])).toEqual({ intactEntries: 3, headHash: three.hash, problem: null });
  });
});

const someEvent: ChangeEvent = { atMs: 0, actor: 'a', action: 'b', target: null, reason: null, details: {} };
