import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { BayesianMemory } from './bayesian-memory.js';
import { credibleInterval } from './beta.js';
import { delayBinIndex } from './delay-grid.js';
import { someContext, someQuestion, T0 } from './testing/builders.js';
import { viewOf } from './view.js';

const DELAY_MS = 17_500;
const CHANCE = 0.7;
const MEMORIES = 120;

/** How many of the intervals hold the true chance where outcomes come in runs that come out the same. */
function coverageOf({ runLength }: { readonly runLength: number }): { readonly shown: number; readonly naive: number } {
  const rng = createRng([5, 6, 7, 8]);
  const holds = ([lo, hi]: readonly [number, number]) => lo <= CHANCE && CHANCE <= hi;
  let shown = 0;
  let naive = 0;
  for (let i = 0; i < MEMORIES; i++) {
    const memory = new BayesianMemory({ maxCells: 1_000 });
    for (let run = 0; run < 160 / runLength; run++) {
      const success = rng() < CHANCE;
      for (let j = 0; j < runLength; j++)
        memory.learn({ context: someContext(), delayMs: DELAY_MS, success, atMs: T0 });
    }
    // Nothing else may be waited, so that nothing is chosen for looking best.
    const bounds = { ...someQuestion().bounds, minDelayMs: DELAY_MS, maxDelayMs: DELAY_MS };
    const best = viewOf(memory, someQuestion({ bounds }))?.best;
    const posterior = memory.beliefsOf(someContext(), T0)?.posteriorFor(someContext());
    const bin = delayBinIndex(DELAY_MS);
    if (best == null || posterior === undefined) throw new Error('too little was taught');
    shown += Number(holds(best.interval));
    naive += Number(holds(credibleInterval(posterior.means[bin] ?? 0, posterior.evidence[bin] ?? 0)));
  }
  return { shown: shown / MEMORIES, naive: naive / MEMORIES };
}

describe('a 90 % interval', () => {
  it('holds the true chance about as often as it says, also where outcomes come in runs as in outages', () => {
    expect(coverageOf({ runLength: 1 }).shown).toBeGreaterThan(0.83);
    expect(coverageOf({ runLength: 8 }).shown).toBeGreaterThan(0.8);
  });

  it('would hold it far too seldom there if outcomes counted as independent', () => {
    expect(coverageOf({ runLength: 1 }).naive).toBeGreaterThan(0.8);
    expect(coverageOf({ runLength: 8 }).naive).toBeLessThan(0.6);
  });
});
