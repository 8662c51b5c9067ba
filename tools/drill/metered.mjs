import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRng, uniformInteger } from '../../libs/domain/dist/index.js';

/** Of a dependency that each run has for itself: its retry budget holds enough to be shared, and much less than is asked for. */
export const FIRST_TRIES_PER_SECOND = 15;
const ASKS_PER_SECOND = 16;
/** It was used before the run, too: else its budget would only grow meanwhile. */
const HISTORY_MS = 240_000;
/** By then each process has heard of it: from now on none may let a retry go unbudgeted, whatever befalls it. */
const HEARD_WITHIN_MS = 3_000;

/** Asks for retries of jobs that call one dependency, again when put off, and tells of its first tries; judges nothing. */
export function startMeteredCallers(cluster, observations, { seed }) {
  const rng = createRng([seed, 0x6d65, 0, 3]);
  const anyReplica = () => cluster.replicas[uniformInteger(rng, 0, cluster.replicas.length - 1)];
  const dependency = `metered-${seed}`;
  const pending = new Set();
  const stopping = new AbortController();
  // Everybody who waits hears of it.
  setMaxListeners(0, stopping.signal);
  const keep = (promise) => {
    const one = promise.finally(() => pending.delete(one));
    pending.add(one);
  };
  const run = async () => {
    await reportFirstTries(anyReplica(), observations, { dependency, forMs: HISTORY_MS });
    await sleep(HEARD_WITHIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    for (let n = 0; !stopping.signal.aborted; n++) {
      if (n % ASKS_PER_SECOND === 0) {
        keep(reportFirstTries(anyReplica(), observations, { dependency, forMs: 1_000 }));
      }
      const jobId = `${seed}-metered-${n}`;
      keep(askUntilTold(anyReplica(), observations, { dependency, jobId, signal: stopping.signal }));
      await sleep(1_000 / ASKS_PER_SECOND);
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(pending);
    },
  };
}

/** Sent once: counts that got lost make the budget smaller, counts sent twice would make it larger. */
async function reportFirstTries(replica, observations, { dependency, forMs }) {
  const [from, to] = [Date.now() - forMs, Date.now()].map((ms) => new Date(ms).toISOString());
  const succeeded = (FIRST_TRIES_PER_SECOND * forMs) / 1_000;
  const counts = { job_type: dependency, succeeded, failed: 0, window_start: from, window_end: to };
  observations.countStatus(await replica.call('POST', '/attempt/counts', { counts: [counts] }));
}

/**
 * The second attempt of a job has failed, of nothing that speaks against the dependency. Whoever is put off asks the same
 * process again when he was told to: his place is kept there.
 */
async function askUntilTold(replica, observations, { dependency, jobId, signal }) {
  const job = { job_id: jobId, job_type: dependency, dependency, error_class: 'odd', attempt_number: 2 };
  // Of whoever comes late for his place nobody but the process knows when that was.
  let toldMs = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    const { skewMs } = replica;
    const startedMs = Date.now();
    const call = await replica.call('POST', '/recommendation', job);
    observations.countStatus(call);
    if (call?.status !== 200 || call.body.should_retry !== true) return;
    const { decision, delay_ms: delayMs, next_evaluation: next } = call.body;
    if (decision === 'retry') {
      const fromMs = Math.min(toldMs, startedMs + delayMs) + skewMs;
      observations.booked.push({ fromMs, toMs: Date.now() + delayMs + skewMs });
      return;
    }
    // By the replica's clock, which may have been set anew meanwhile.
    const askAgainMs = Math.min(delayMs, Math.max(0, Date.parse(next) - skewMs - Date.now()));
    toldMs = Date.now() + askAgainMs;
    await sleep(askAgainMs, undefined, { signal }).catch(() => undefined);
  }
}
