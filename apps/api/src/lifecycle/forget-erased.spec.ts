import { describe, expect, it } from '@jest/globals';
import { openMemory } from '@smart-retry/storage/memory';
import { createErasureWatch } from './forget-erased.js';

const REQUEST = { actor: 'Ann', reason: null, atMs: 0 };

describe('the watch for erasures', () => {
  it('learns anew once after each look that finds one, and not for those before the start', async () => {
    const { ledger, subjects } = openMemory();
    await subjects.erase({ tenant: 'before' }, REQUEST);
    let relearned = 0;
    const look = createErasureWatch(ledger, { relearn: () => void relearned++ });
    await look();
    await look();
    expect(relearned).toBe(0);
    await subjects.erase({ tenant: 'a' }, REQUEST);
    await subjects.erase({ jobId: 'b' }, REQUEST);
    await look();
    await look();
    expect(relearned).toBe(1);
  });
});
