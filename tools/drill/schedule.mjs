import { createRng, uniformInteger } from '../../libs/domain/dist/index.js';

/** Besides these, reports are sent twice and out of order all the time. */
export const FAULT_KINDS = [
  'kill_api',
  'kill_trainer',
  'kill_redis',
  'restart_postgres',
  'latency',
  'cut',
  'half_open',
  'isolate',
  'skew_clock',
];
export const REPLICAS = 3;
/** Of every process in the drill: `RETRY_MAX_STALE`. */
export const MAX_STALE_MS = 6_000;
/** Beyond that, so that what comes of it is seen. */
const ISOLATED_MS = MAX_STALE_MS + 4_000;
const STORES = ['postgres', 'redis'];
const SCHEDULE_FAULTS = 5;
const STOPS = 2;

/**
 * What happens in one run, and when: each fault, and each emergency stop, begins once its share of the attempts is
 * acknowledged. Deterministic.
 *
 * @param {number} seed
 * @param {{ faults?: number }} [options]
 */
export function planSchedule(seed, { faults = SCHEDULE_FAULTS } = {}) {
  const rng = createRng([seed, 0xd2111, 0, 1]);
  const kinds = shuffle(FAULT_KINDS, rng).slice(0, faults);
  return {
    seed,
    faults: kinds.map((kind, i) => ({ kind, atShare: (i + 0.5 + rng() * 0.4) / faults, ...describeFault(kind, rng) })),
    stopsAtShare: Array.from({ length: STOPS }, (_, i) => (i + rng()) / STOPS),
  };
}

function describeFault(kind, rng) {
  const replica = uniformInteger(rng, 0, REPLICAS - 1);
  const store = STORES[uniformInteger(rng, 0, 1)];
  const durationMs = uniformInteger(rng, 1_000, 2_500);
  switch (kind) {
    case 'kill_api':
      return { replica };
    case 'kill_trainer':
      return {};
    case 'kill_redis':
    case 'restart_postgres':
      return { durationMs: uniformInteger(rng, 200, 1_200) };
    case 'latency':
      return { replica, store, durationMs, delayMs: uniformInteger(rng, 20, 300) };
    case 'isolate':
      return { replica, durationMs: durationMs + ISOLATED_MS };
    case 'skew_clock':
      return { replica, skewMs: (rng() < 0.5 ? -1 : 1) * uniformInteger(rng, 30_000, 240_000) };
    default:
      return { replica, store, durationMs };
  }
}

function shuffle(items, rng) {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = uniformInteger(rng, 0, i);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}

export function describeFaultShort({ kind, replica, store }) {
  return [kind, replica === undefined ? '' : `@${replica}`, store === undefined ? '' : `/${store}`].join('');
}
