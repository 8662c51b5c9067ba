import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './workers.mjs';

const PATIENCE_MS = 20_000;
const HOLD_MS = 2_500;
const PROBE_MS = 100;

/** What the operator of these runs allows. */
export const LIMITS = { max_attempts: 6, max_delay_ms: 60_000, max_budget_percent: 20 };

/** Changes the guardrails through any API that takes the change; answers when that was acknowledged. */
export async function changeGuardrails(cluster, observations, change, rng = Math.random) {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const replica = cluster.replicas[Math.floor(rng() * cluster.replicas.length)];
    const call = await replica.call('PUT', '/guardrails', change);
    observations.countStatus(call);
    if (call?.status === 200) return Date.now();
    if (Date.now() > deadlineMs) throw new Error(`no API took the change: ${call?.text ?? 'no answer'}`);
    await sleep(50);
  }
}

/** Stops every retry, watches each API for a while, and goes on. A cheat stops a tenant that nobody has. */
export async function stopForAWhile(cluster, observations, { rng, cheats }) {
  const off = { emergency_stop: false, emergency_stops: [] };
  const on = cheats.emergencyStop === true ? { emergency_stops: [{ tenant: 'nobody' }] } : { emergency_stop: true };
  const stop = { acknowledgedMs: await changeGuardrails(cluster, observations, on, rng), endedMs: 0 };
  while (Date.now() < stop.acknowledgedMs + HOLD_MS) {
    await Promise.all(cluster.replicas.map((_, index) => ask(cluster, observations, index, PROBE)));
    await sleep(PROBE_MS);
  }
  stop.endedMs = Date.now();
  observations.stops.push(stop);
  await changeGuardrails(cluster, observations, off, rng);
}

const PROBE = { job_type: 'probe', error_class: 'timeout', attempt_number: 1 };
