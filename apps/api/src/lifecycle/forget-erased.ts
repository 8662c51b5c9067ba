import type { ChangeLedger } from '@smart-retry/domain';
import type { Learning } from '@smart-retry/engine';

/** Looks whether anything was erased since the last look, by any process, and then learns anew from what is left. */
export function createErasureWatch(
  ledger: Pick<ChangeLedger, 'page'>,
  learning: Pick<Learning, 'relearn'>,
): () => Promise<void> {
  /** Undefined until the first look: what was erased before that was never learned here. */
  let seen: number | undefined;
  return async () => {
    const [newest] = await ledger.page({ limit: 1, action: 'data.erased' });
    const sequence = newest?.sequence ?? 0;
    if (seen !== undefined && sequence > seen) learning.relearn();
    seen = sequence;
  };
}
