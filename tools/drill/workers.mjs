import { setTimeout as sleep } from 'node:timers/promises';
import { createRng, uniformInteger } from '../../libs/domain/dist/index.js';

const WORKERS = 16;
const MAX_BATCH = 30;
const MAX_SENDS = 4;
const RESEND_SHARE = 0.25;
const HELD_BACK_SHARE = 0.2;
const PAUSE_MS = 25;
/** Once there are reports enough: faults that are still to come find somebody who asks. */
const LATE_PAUSE_MS = 2_000;
/** Some of these match a policy, some none; one never retries. */
const ERRORS = ['timeout', 'rate_limit', 'validation', 'odd'];
const DEPENDENCIES = ['billing', 'mail', 'search'];

/** Workers that ask, report, report again, and report late and out of order, each as fast as it is answered. */
export function startWorkers(cluster, observations, { seed, attempts }) {
  let isStopped = false;
  const run = async (worker) => {
    const rng = createRng([seed, worker, 0, 2]);
    const any = (items) => items[uniformInteger(rng, 0, items.length - 1)];
    const anyReplica = () => uniformInteger(rng, 0, cluster.replicas.length - 1);
    const heldBack = [];
    for (let n = 0; !isStopped; n++) {
      const job = { job_id: `${seed}-${worker}-${n}`, job_type: any(DEPENDENCIES), error_class: any(ERRORS) };
      const advice = await ask(cluster, observations, anyReplica(), describeFailure(job, rng));
      const batch = describeReports(job, advice, rng);
      if (rng() < HELD_BACK_SHARE) heldBack.push(batch);
      else await report(cluster, observations, batch, { anyReplica, rng });
      if (heldBack.length > 3) {
        // The last one first.
        for (const late of heldBack.splice(0).reverse()) {
          await report(cluster, observations, late, { anyReplica, rng });
        }
      }
      await sleep(observations.acknowledged < attempts ? PAUSE_MS : LATE_PAUSE_MS);
    }
  };
  const all = Array.from({ length: WORKERS }, (_, worker) => run(worker));
  return {
    async stop() {
      isStopped = true;
      await Promise.all(all);
    },
  };
}

function describeFailure(job, rng) {
  return {
    ...job,
    dependency: job.job_type,
    attempt_number: uniformInteger(rng, 1, 12),
    ...(rng() < 0.3 && { retry_after: uniformInteger(rng, 1, 400) }),
  };
}

/** Retries of one job and of jobs like it; some happened a while ago. */
function describeReports(job, advice, rng) {
  const size = rng() < 0.4 ? 1 : uniformInteger(rng, 2, MAX_BATCH);
  return Array.from({ length: size }, (_, i) => ({
    ...job,
    job_id: `${job.job_id}.${i}`,
    attempt_number: uniformInteger(rng, 1, 4),
    success: rng() < 0.5,
    ...(i === 0 && advice !== null && { recommendation_id: advice.recommendation_id }),
    ...(rng() < 0.3 && { timestamp: new Date(Date.now() - uniformInteger(rng, 0, 600_000)).toISOString() }),
    actual_delay_ms: uniformInteger(rng, 0, 60_000),
  }));
}

/** Asks one API and remembers the answer. */
export async function ask(cluster, observations, index, features) {
  const replica = cluster.replicas[index];
  const { lifetime } = replica;
  const startedMs = Date.now();
  const call = await replica.call('POST', '/recommendation', features);
  observations.countStatus(call);
  if (call?.status !== 200) return null;
  const {
    recommendation_id: id,
    should_retry: retries,
    delay_ms: delayMs,
    max_attempts: maxAttempts,
    reasons,
  } = call.body;
  const answer = { id, retries, delayMs, maxAttempts, attemptNumber: features.attempt_number, reasons };
  observations.answers.push({ ...answer, replica: index, lifetime, startedMs, endedMs: Date.now() });
  return call.body;
}

async function report(cluster, observations, batch, { anyReplica, rng }) {
  observations.sent(batch);
  let sends = rng() < RESEND_SHARE ? 2 : 1;
  for (let sent = 0; sent < Math.min(sends, MAX_SENDS); sent++) {
    const results = await send(cluster.replicas[anyReplica()], observations, batch);
    if (results !== null) results.forEach((result, i) => observations.acknowledge(batch[i], result));
    // Some workers try again until they are answered, and some give up: stored or not, those cannot tell.
    else if (rng() < 0.7) {
      sends += 1;
      await sleep(200);
    }
  }
}

async function send(replica, observations, batch) {
  const isOne = batch.length === 1;
  const call = await replica.call(
    'POST',
    isOne ? '/attempt' : '/attempt/batch',
    isOne ? batch[0] : { attempts: batch },
  );
  observations.countStatus(call);
  if (call?.status !== 200) return null;
  const results = isOne ? [call.body] : call.body.results;
  // One that was refused for itself is no acknowledgement; there are none in these runs.
  return results.every(({ status }) => status === 'recorded') ? results : null;
}
