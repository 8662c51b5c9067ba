import { T0 } from '@smart-retry/domain/testing';
import type { EpochMs, RetryFeatures, Strategy } from '@smart-retry/domain';
import { BayesianMemory } from '@smart-retry/bayesian';
import { createBayesianLayer } from '../bayesian-layer.js';
import { compileSnapshot } from '../configuration-snapshot.js';
import type { DecisionSnapshot } from '../decision-snapshot.js';
import { mlLayer } from '../layers.js';

/** From 100 ms to two hours, each about a fifth longer than the one before. */
const SOME_DELAYS: readonly number[] = Array.from({ length: 64 }, (_, i) => Math.round(100 * 1.195 ** i));

export interface Lesson {
  readonly outcomes: number;
  /** Waits of this length and longer succeeded. */
  readonly isOverAfterMs: number;
  readonly features: RetryFeatures;
  readonly atMs?: EpochMs;
}

/** A memory that was taught waits of all lengths in turn. */
export function taughtMemory(lesson: Lesson): BayesianMemory {
  const memory = new BayesianMemory({ maxCells: 1_000 });
  teach(memory, lesson);
  return memory;
}

export function teach(memory: BayesianMemory, { outcomes, isOverAfterMs, features, atMs = T0 }: Lesson): void {
  for (let i = 0; i < outcomes; i++) {
    const delayMs = SOME_DELAYS[i % SOME_DELAYS.length] ?? 0;
    memory.learn({ context: features, delayMs, success: delayMs >= isOverAfterMs, atMs });
  }
}

/** What decisions depend on, with a layer that speaks from this memory. */
export function snapshotOf(
  strategy: Strategy,
  memory: BayesianMemory,
  changes: Partial<DecisionSnapshot> = {},
): DecisionSnapshot {
  return {
    configuration: compileSnapshot({ revision: 7, strategy, changedAtMs: T0, changedBy: 'test' }, { isEnabled: true }),
    learnedLayers: [mlLayer, createBayesianLayer(memory)],
    canAudit: true,
    explores: true,
    ...changes,
  };
}
