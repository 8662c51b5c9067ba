import { createSmartRetry } from '../../libs/engine/dist/index.js';
import { startEngineDecider } from '../../libs/simulation/dist/index.js';
import { openMemory } from '../../libs/storage/dist/memory/index.js';

/**
 * The product in this process with its defaults: rules, server hints, deadlines and guardrails. Reports are recorded,
 * and nothing learns from them, so that it answers as the baseline `rules` does but for its draws.
 */
export function startEngine(name, seed) {
  return startEngineDecider(name, seed, async (time) => {
    const smartRetry = createSmartRetry({ stores: openMemory({ maxRecords: 20_000 }), ...time });
    await smartRetry.start();
    return smartRetry;
  });
}
