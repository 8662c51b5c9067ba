import type { Decider } from '../decider.js';
import type { World } from '../world.js';
import { createAwsSdk } from './aws-sdk.js';
import { createFinagle } from './finagle.js';
import { CELERY, createFixed, FIXED } from './fixed.js';
import { createGrpc } from './grpc.js';
import { createGuardedOracle } from './guarded-oracle.js';
import { createDecorrelatedJitter, createFullJitter } from './jittered.js';
import { createBullMq, createSidekiq, createTemporal } from './job-queues.js';
import { createNaiveBayes } from './naive-bayes.js';
import { createNone } from './none.js';
import { createOracle } from './oracle.js';
import { createRules } from './rules.js';

/** A decider that a world is played with; made anew for each simulation. */
export interface Baseline {
  readonly name: string;
  /** `static`: never learns. `clairvoyant`: knows what nobody can know. */
  readonly kind: 'static' | 'learning' | 'clairvoyant';
  create(world: World): Decider;
}

/** Every baseline, in the order of the tables. Frozen: what we measure ourselves by does not move. */
export const BASELINES: readonly Baseline[] = [
  { name: 'none', kind: 'static', create: () => createNone() },
  { name: 'rules', kind: 'static', create: ({ seed }) => createRules(seed) },
  { name: 'fixed', kind: 'static', create: () => createFixed(FIXED) },
  { name: 'celery', kind: 'static', create: () => createFixed(CELERY) },
  { name: 'full-jitter', kind: 'static', create: ({ seed }) => createFullJitter(seed) },
  { name: 'decorrelated', kind: 'static', create: ({ seed }) => createDecorrelatedJitter(seed) },
  { name: 'sidekiq', kind: 'static', create: ({ seed }) => createSidekiq(seed) },
  { name: 'bullmq', kind: 'static', create: () => createBullMq() },
  { name: 'temporal', kind: 'static', create: () => createTemporal() },
  { name: 'aws-sdk', kind: 'static', create: ({ seed }) => createAwsSdk(seed) },
  { name: 'grpc', kind: 'static', create: ({ seed }) => createGrpc(seed) },
  { name: 'finagle', kind: 'static', create: () => createFinagle() },
  { name: 'naive-bayes', kind: 'learning', create: ({ seed }) => createNaiveBayes(seed) },
  { name: 'oracle', kind: 'clairvoyant', create: (world) => createOracle(world) },
  { name: 'oracle-guarded', kind: 'clairvoyant', create: (world) => createGuardedOracle(world) },
];
