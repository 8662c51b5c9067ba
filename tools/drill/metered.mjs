import { setTimeout as sleep } from 'node:timers/promises';
import { createRng, uniformInteger } from '../../libs/domain/dist/index.js';

/** A dependency whose first tries are reported, so that its retry budget is known; everybody wants more than that holds. */
const DEPENDENCY = 'metered';
export const FIRST_TRIES_PER_SECOND = 10;
const ASKS_PER_SECOND = 12;

/** Asks for retries of jobs that call one dependency, and tells of its first tries; judges nothing. */
export function startMeteredCallers(cluster, observations, { seed }) {
  const rng = createRng([seed, 0x6d65, 0, 3]);
  const anyIndex = () => uniformInteger(rng, 0, cluster.replicas.length - 1);
  const pending = new Set();
  let isStopped = false;
  const run = async () => {
    for (let n = 0; !isStopped; n++) {
      if (n % ASKS_PER_SECOND === 0) keep(reportFirstTries(cluster.replicas[anyIndex()], observations));
      keep(askForRetry(cluster.replicas[anyIndex()], observations, `${seed}-metered-${n}`));
      await sleep(1_000 / ASKS_PER_SECOND);
    }
  };
  const keep = (promise) => {
    const one = promise.finally(() => pending.delete(one));
    pending.add(one);
  };
  const running = run();
  return {
    async stop() {
      isStopped = true;
      await running;
      await Promise.all(pending);
    },
  };
}

/** Sent once: counts that got lost make the budget smaller, counts sent twice would make it larger. */
async function reportFirstTries(replica, observations) {
  const [from, to] = [Date.now() - 1_000, Date.now()].map((ms) => new Date(ms).toISOString());
  const counts = {
    job_type: DEPENDENCY,
    succeeded: FIRST_TRIES_PER_SECOND,
    failed: 0,
    window_start: from,
    window_end: to,
  };
  observations.countStatus(await replica.call('POST', '/attempt/counts', { counts: [counts] }));
}

/** The second attempt has failed, of nothing that speaks against the dependency. */
async function askForRetry(replica, observations, jobId) {
  const { skewMs } = replica;
  const startedMs = Date.now();
  const job = { job_id: jobId, job_type: DEPENDENCY, dependency: DEPENDENCY, error_class: 'odd', attempt_number: 2 };
  const call = await replica.call('POST', '/recommendation', job);
  observations.countStatus(call);
  if (call?.status !== 200 || call.body.should_retry !== true) return;
  // Nothing is booked where nobody has told that process of any first try yet.
  if (call.body.reasons.includes('budget_unknown')) return;
  const dueIn = (atMs) => atMs + skewMs + call.body.delay_ms;
  observations.booked.push({ fromMs: dueIn(startedMs), toMs: dueIn(Date.now()) });
}
