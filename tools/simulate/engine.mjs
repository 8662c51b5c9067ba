import { createSmartRetry } from '../../libs/engine/dist/index.js';
import { startEngineDecider } from '../../libs/simulation/dist/index.js';
import { openMemory } from '../../libs/storage/dist/memory/index.js';

/** Executions that learned layers are allowed; the guardrail's default allows ten. */
export const LEARNED_MAX_ATTEMPTS = 12;

/**
 * The product in this process with its defaults, but that what it has learned may use more attempts than the rules. `caller`: whether
 * it `asksAgain`, and `countsFirstTries`.
 */
export function startEngine(name, seed, { stores = openMemory({ maxRecords: 20_000 }), onStarted, ...caller } = {}) {
  const start = async (time) => {
    const smartRetry = createSmartRetry({
      stores,
      declared: {
        file: { strategy: { learnedMaxAttempts: LEARNED_MAX_ATTEMPTS }, digest: 'simulation' },
        environment: {},
      },
      ...time,
    });
    await smartRetry.start();
    onStarted?.(smartRetry);
    return smartRetry;
  };
  return startEngineDecider(name, seed, start, caller);
}
