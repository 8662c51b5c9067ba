import { createOverloadWorld } from '../../../libs/simulation/dist/index.js';

/** In the mean slowdown; the one that is drawn is shorter. */
const FIRST_TRIES_PER_SLOWDOWN_SECOND = 30;

const overload = (name, { slowdownMs, ...parameters }) =>
  createOverloadWorld(
    name,
    {
      ...parameters,
      slowdownMs,
      failures: (FIRST_TRIES_PER_SLOWDOWN_SECOND * slowdownMs) / 1_000,
      slowdowns: 1,
      troughShare: 1,
    },
    7,
    'tuning',
  );

/** The simulation's two overloads with one slowdown each, short enough to be played on a real clock. New at each call. */
export const STORMS = {
  metastable: () =>
    overload('metastable', {
      utilisation: 0.8,
      slowdownMs: 40_000,
      gapRatio: 3,
      slowSpeed: 0.3,
      timeoutMs: 5_000,
      backlogTimeouts: 6,
      rejectionWork: 0.1,
    }),
  herd: () =>
    overload('herd', {
      utilisation: 0.55,
      slowdownMs: 40_000,
      gapRatio: 3,
      slowSpeed: 0,
      timeoutMs: 3_000,
      backlogTimeouts: 0.6,
      rejectionWork: 0.2,
    }),
};

/** The same world, which notes every call made in it. */
export function withCallLog(world) {
  const calls = [];
  const attempt = (call) => {
    const outcome = world.attempt(call);
    calls.push({ atMs: call.atMs, isRetry: call.attemptNumber > 1, success: outcome.success });
    return outcome;
  };
  return { world: { ...world, attempt }, calls };
}
