import { createRng, DEFAULT_STRATEGY } from '@smart-retry/domain';
import { compileSnapshot, decide, UNTAUGHT_LAYERS } from '@smart-retry/engine';
import type { Decider } from '../decider.js';
import { choiceOf } from '../engine-choice.js';

/** The default policies through the engine, with nothing learned. */
export function createRules(seed: number): Decider {
  const stored = { revision: 1, strategy: DEFAULT_STRATEGY, changedAtMs: 0, changedBy: 'simulation' };
  const snapshot = {
    configuration: compileSnapshot(stored, { isEnabled: true }),
    learnedLayers: UNTAUGHT_LAYERS,
    canAudit: true,
    explores: false,
  };
  const rng = createRng([seed, 0x7275, 0x6c65, 0x7300]);
  return {
    name: 'rules',
    decide(failure) {
      const { recommendation } = decide(failure, snapshot, failure.failedAtMs, rng);
      return choiceOf(recommendation, failure.failedAtMs);
    },
  };
}
