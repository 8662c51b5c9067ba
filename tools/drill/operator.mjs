import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './workers.mjs';

const PATIENCE_MS = 20_000;
const HOLD_MS = 2_500;
const PROBE_MS = 100;

/** What the operator of these runs allows. */
export const LIMITS = { max_attempts: 6, max_delay_ms: 60_000, max_budget_percent: 20 };

/** Changes the guardrails through any API that takes the change; answers when that was acknowledged. */
export function changeGuardrails(cluster, observations, change, rng) {
  return putUntilTaken(cluster, observations, { path: '/guardrails', change, rng });
}

async function putUntilTaken(cluster, observations, { path, change, rng }) {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const replica = cluster.replicas[Math.floor(rng() * cluster.replicas.length)];
    const call = await replica.call('PUT', path, change);
    observations.countStatus(call);
    if (call?.status === 200) return Date.now();
    if (Date.now() > deadlineMs) throw new Error(`no API took the change: ${call?.text ?? 'no answer'}`);
    await sleep(50);
  }
}

/** Changes something for a reason that no other change of any run has; once it is acknowledged, the ledger must have it. */
async function changeForTheLedger(cluster, observations, { path, change, rng, seed }) {
  const reason = `drill ${seed}, change ${observations.changes.length + 1}`;
  const acknowledgedMs = await putUntilTaken(cluster, observations, { path, change: { ...change, reason }, rng });
  observations.changes.push(reason);
  return acknowledgedMs;
}

/** Stops every retry, watches each API for a while, and goes on; meanwhile a breaker is held open. */
export async function stopForAWhile(cluster, observations, { rng, seed }) {
  const put = (path, change) => changeForTheLedger(cluster, observations, { path, change, rng, seed });
  const breaker = '/dependencies/held/breaker';
  const stop = { acknowledgedMs: await put('/guardrails', { emergency_stop: true }), endedMs: 0 };
  await put(breaker, { state: 'open' });
  while (Date.now() < stop.acknowledgedMs + HOLD_MS) {
    await Promise.all(cluster.replicas.map((_, index) => ask(cluster, observations, index, PROBE)));
    await sleep(PROBE_MS);
  }
  stop.endedMs = Date.now();
  observations.stops.push(stop);
  await put(breaker, { state: 'auto' });
  await put('/guardrails', { emergency_stop: false });
}

const PROBE = { job_type: 'probe', error_class: 'timeout', attempt_number: 1 };
