import type { Decider } from '../decider.js';
import { CELERY, createFixed, FIXED } from '../baselines/fixed.js';
import { createFullJitter } from '../baselines/jittered.js';
import { createBullMq, createSidekiq, createTemporal } from '../baselines/job-queues.js';
import { createNone } from '../baselines/none.js';
import { createRules } from '../baselines/rules.js';

/** A way to retry that can be asked about a log, because its answer depends on the failure alone. */
export interface TargetPolicy {
  readonly name: string;
  /** One line for a reader of the table. */
  readonly summary: string;
  create(seed: number): Decider;
}

/** The baselines that remember nothing: a policy that remembers would have remembered other things than what was logged. */
export const TARGET_POLICIES: readonly TargetPolicy[] = [
  { name: 'none', summary: 'never retries', create: () => createNone() },
  { name: 'rules', summary: 'the default policies of this product', create: createRules },
  { name: 'fixed', summary: '1 s, three times', create: () => createFixed(FIXED) },
  { name: 'celery', summary: '180 s, three times', create: () => createFixed(CELERY) },
  { name: 'full-jitter', summary: 'up to 200 ms doubled up to 20 s, nine times', create: createFullJitter },
  { name: 'sidekiq', summary: 'n⁴ + 15 s and more, 25 times', create: createSidekiq },
  { name: 'bullmq', summary: '1 s doubled, four times', create: () => createBullMq() },
  { name: 'temporal', summary: '1 s doubled up to 100 s, without end', create: () => createTemporal() },
];
