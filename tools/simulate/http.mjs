import { setTimeout as sleep } from 'node:timers/promises';
import { JOB_LIFETIME_MS } from '../../libs/simulation/dist/index.js';
import { startApi } from '../bench/started-server.mjs';
import { LEARNED_MAX_ATTEMPTS } from './engine.mjs';

const MAX_ATTEMPTS = 20;
const DAY_MS = 86_400_000;
const LEARNED_METHODS = ['bayesian', 'ml'];

/** The midnight from which a world's time runs so that all of it lies in the past: servers take no reports of the future. */
export function recentEpochMs(world) {
  const endsAtMs = Date.now() - world.arrivalsEndAtMs - JOB_LIFETIME_MS;
  return Math.floor(endsAtMs / DAY_MS) * DAY_MS;
}

/** The product over HTTP: a server of its own on an empty store, with its defaults but for the attempts of learned layers. */
export async function startHttpDecider(name) {
  const api = await startApi();
  const post = (path, body) => send('POST', `${api.baseUrl}${path}`, body);
  const strategy = await send('GET', `${api.baseUrl}/strategy`);
  await send('PUT', `${api.baseUrl}/strategy`, { ...strategy, learned_max_attempts: LEARNED_MAX_ATTEMPTS });
  return {
    name,
    async decide(failure) {
      return toChoice(await post('/recommendation', toWireFeatures(failure)), failure.failedAtMs);
    },
    async report(attempt) {
      await post('/attempt', toWireAttempt(attempt));
    },
    async reportFirstTries(counts) {
      await post('/attempt/counts', { counts: counts.map(toWireCounts) });
    },
    close: () => api.stop(),
  };
}

/** As a patient worker: a store that is away for a moment is asked again. */
async function send(method, url, body) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    if (response.status !== 503 || attempt === MAX_ATTEMPTS) {
      throw new Error(`${method} ${url} answered ${response.status}: ${JSON.stringify(answer)}`);
    }
    await sleep(1_000 * Number(response.headers.get('retry-after') ?? 1));
  }
}

function toChoice(answer, failedAtMs) {
  if (!answer.should_retry) return { action: 'stop' };
  return {
    action: answer.decision,
    delayMs:
      answer.decision === 'defer' ? Date.parse(answer.next_evaluation) - Math.floor(failedAtMs) : answer.delay_ms,
    recommendationId: answer.recommendation_id,
    // Rules show the uninformed prior: nothing that could be right or wrong.
    ...(LEARNED_METHODS.includes(answer.method) && {
      shown: { successProbability: answer.estimated_success, interval: answer.estimated_success_interval },
    }),
  };
}

function toWireFeatures(failure) {
  return {
    ...toWireJob(failure),
    error_class: failure.errorClass,
    error_code: failure.errorCode,
    attempt_number: failure.attemptNumber,
    time_of_day: failure.timeOfDay,
    failed_at: toTimestamp(failure.failedAtMs),
    first_failed_at: toTimestamp(failure.firstFailedAtMs),
    retry_after_ms: failure.retryAfterMs,
  };
}

function toWireAttempt(attempt) {
  return {
    ...toWireJob(attempt),
    error_class: attempt.errorClass,
    error_code: attempt.errorCode,
    attempt_number: attempt.attemptNumber,
    success: attempt.success,
    status: attempt.status,
    delay_ms: attempt.delayMs,
    actual_delay_ms: attempt.actualDelayMs,
    timestamp: toTimestamp(attempt.timestampMs),
    recommendation_id: attempt.recommendationId,
  };
}

function toWireJob({ jobId, jobType, dependency, queue, tenant, payloadSize }) {
  return { job_id: jobId, job_type: jobType, dependency, queue, tenant, payload_size: payloadSize };
}

function toWireCounts({ jobType, dependency, queue, tenant, succeeded, failed, windowStartMs, windowEndMs }) {
  return {
    job_type: jobType,
    dependency,
    queue,
    tenant,
    succeeded,
    failed,
    window_start: toTimestamp(windowStartMs),
    window_end: toTimestamp(windowEndMs),
  };
}

function toTimestamp(atMs) {
  return new Date(atMs).toISOString();
}
