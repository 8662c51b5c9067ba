import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const COUNTS_EVERY_MS = 5_000;
const ASK_AGAIN_MS = 1_000;

/**
 * Plays a world on the real clock: its jobs arrive when they do, and whoever fails asks one of the replicas by turns. Ends
 * when the last job has arrived; what is parked then stays so.
 *
 * @param {import('../../../libs/simulation/dist/index.js').World} world
 * @param {{ name: string, replicas: { call: Function }[] }} options
 */
export async function playOverHttp(world, { name, replicas }) {
  const startedAtMs = performance.now();
  const now = () => performance.now() - startedAtMs;
  const counts = { succeeded: 0, failed: 0, sinceMs: Date.now() };
  const course = { asked: 0, retries: 0, deferred: 0, stopped: 0, unanswered: 0 };
  let turns = 0;
  const call = (path, body) => replicas[turns++ % replicas.length].call('POST', path, body);
  const until = (atMs) => sleep(Math.max(0, atMs - now()));

  const attempt = async (job, attemptNumber) => {
    const outcome = world.attempt({ job, attemptNumber, atMs: now() });
    await sleep(outcome.processingMs);
    return outcome;
  };
  const report = (job, attemptNumber, outcome, recommendationId) =>
    call('/attempt', {
      ...wireJob(name, job),
      attempt_number: attemptNumber,
      success: outcome.success,
      ...(recommendationId && { recommendation_id: recommendationId }),
      ...(!outcome.success && { error_class: outcome.errorClass, error_code: outcome.errorCode }),
    });
  const ask = async (job, attemptNumber, outcome) => {
    course.asked++;
    const answer = await call('/recommendation', {
      ...wireJob(name, job),
      attempt_number: attemptNumber,
      error_class: outcome.errorClass,
      error_code: outcome.errorCode,
    });
    if (answer?.status === 200) return answer.body;
    course.unanswered++;
    return { decision: 'defer', next_evaluation: iso(Date.now() + ASK_AGAIN_MS) };
  };
  const live = async (job) => {
    let outcome = await attempt(job, 1);
    counts[outcome.success ? 'succeeded' : 'failed']++;
    for (let attemptNumber = 1; !outcome.success && now() < world.arrivalsEndAtMs;) {
      const askedAtMs = Date.now();
      const answer = await ask(job, attemptNumber, outcome);
      const { decision, recommendation_id: id } = answer;
      const delayMs = decision === 'defer' ? Date.parse(answer.next_evaluation) - askedAtMs : answer.delay_ms;
      if (decision === 'stop') return course.stopped++;
      if (now() + delayMs > world.arrivalsEndAtMs) return course.deferred++;
      await sleep(delayMs);
      if (decision === 'defer') continue;
      course.retries++;
      outcome = await attempt(job, ++attemptNumber);
      await report(job, attemptNumber, outcome, id);
    }
    return undefined;
  };
  const tellCounts = async () => {
    const { succeeded, failed, sinceMs } = counts;
    const [{ jobType, dependency }] = world.jobs;
    Object.assign(counts, { succeeded: 0, failed: 0, sinceMs: Date.now() });
    const window = { window_start: iso(sinceMs), window_end: iso(counts.sinceMs) };
    await call('/attempt/counts', {
      counts: [{ job_type: `${name}-${jobType}`, dependency: `${name}-${dependency}`, succeeded, failed, ...window }],
    });
  };

  const lives = [];
  let nextCountsMs = COUNTS_EVERY_MS;
  for (const job of world.jobs) {
    await until(job.arrivesAtMs);
    lives.push(live(job));
    if (now() < nextCountsMs) continue;
    nextCountsMs += COUNTS_EVERY_MS;
    lives.push(tellCounts());
  }
  await Promise.all(lives);
  return course;
}

function wireJob(name, job) {
  return {
    job_id: job.id,
    job_type: `${name}-${job.jobType}`,
    dependency: `${name}-${job.dependency}`,
    queue: job.queue,
  };
}

function iso(atMs) {
  return new Date(atMs).toISOString();
}
