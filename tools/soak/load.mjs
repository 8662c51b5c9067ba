import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRng, uniformInteger } from '../../libs/domain/dist/index.js';

const TICK_MS = 20;
const TENANTS = 10;
const QUEUES = 4;
const JOB_TYPES = 20;
/** Names that come and go: each for half a minute, then not for a while. */
const PASSING_TYPES = 20;
const PASSING_MS = 30_000;
const PASSING_SHARE = 0.02;
const DEPENDENCIES = ['billing', 'mail', 'search', 'storage'];
const CLASSES = ['timeout', 'rate_limit', 'server_error', 'validation'];
/** Reports that come a day late, just before they are too old. */
const LATE_SHARE = 0.05;
const LATE_BY_MS = 24 * 3_600_000 - 5 * 60_000;
const LONGEST_WAIT_MS = 3_000;
const COUNTS_EVERY_MS = 10_000;
const READ_EVERY_MS = 15_000;
const WRITE_EVERY_MS = 60_000;
const ECHOES_PER_SECOND = 20;

/**
 * Jobs that fail, ask, wait and report, so many a second whether or not earlier ones have been answered; first tries as
 * counts, readers and an operator beside them.
 *
 * @param {Awaited<ReturnType<typeof import('./server.mjs').openServer>>} server
 * @param {{ jobsPerSecond: number, nowMs: () => number }} options the clock of the API
 */
export function startLoad(server, { jobsPerSecond, nowMs }) {
  const rng = createRng([0x50a4, 0, 0, 1]);
  const any = (items) => items[uniformInteger(rng, 0, items.length - 1)];
  const startedMs = performance.now();
  const statuses = new Map();
  let [durations, echoes] = [[], []];
  let writes = 0;
  let isOver = false;
  const pending = new Set();

  const timed = async (list, call) => {
    const fromMs = performance.now();
    const answer = await call;
    list.push(performance.now() - fromMs);
    return answer;
  };
  const post = async (path, body) => {
    const answer = await timed(durations, server.call('POST', path, body));
    count(answer);
    return answer?.body;
  };
  const count = (answer) => {
    const status = answer?.status ?? 'none';
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const live = async (n) => {
    const job = describeJob(n);
    const advice = await post('/recommendation', job);
    if (advice?.should_retry !== true) return;
    await sleep(Math.min(advice.delay_ms, rng() * LONGEST_WAIT_MS));
    const isLate = rng() < LATE_SHARE;
    await post('/attempt', {
      ...job,
      attempt_number: job.attempt_number + 1,
      success: rng() < 0.6,
      ...(isLate
        ? { timestamp: new Date(nowMs() - LATE_BY_MS).toISOString() }
        : { recommendation_id: advice.recommendation_id }),
    });
  };
  const describeJob = (n) => {
    const passing = Math.floor((performance.now() - startedMs) / PASSING_MS) % PASSING_TYPES;
    const type = rng() < PASSING_SHARE ? `passing-${passing}` : `type-${uniformInteger(rng, 0, JOB_TYPES - 1)}`;
    return {
      job_id: `soak-${n}`,
      job_type: type,
      dependency: any(DEPENDENCIES),
      tenant: `tenant-${uniformInteger(rng, 0, TENANTS - 1)}`,
      queue: `queue-${uniformInteger(rng, 0, QUEUES - 1)}`,
      error_class: any(CLASSES),
      error_code: any(['500', '503', '429']),
      attempt_number: uniformInteger(rng, 1, 3),
    };
  };
  const keep = (promise) => {
    const one = promise.finally(() => pending.delete(one));
    pending.add(one);
  };
  const atRate = async (perSecond, send) => {
    for (let sent = 0; !isOver; await sleep(TICK_MS)) {
      const due = ((performance.now() - startedMs) * perSecond) / 1_000;
      for (; sent < due; sent++) keep(send(sent));
    }
  };
  const every = async (intervalMs, work) => {
    for (let next = startedMs; !isOver; await sleep(TICK_MS)) {
      if (performance.now() < next) continue;
      next += intervalMs;
      keep(work());
    }
  };
  const countFirstTries = async () => {
    const [from, to] = [nowMs() - COUNTS_EVERY_MS, nowMs()].map((ms) => new Date(ms).toISOString());
    const counts = DEPENDENCIES.map((dependency) => ({
      job_type: dependency,
      dependency,
      succeeded: 150 * jobsPerSecond,
      failed: 2 * jobsPerSecond,
      window_start: from,
      window_end: to,
    }));
    count(await server.call('POST', '/attempt/counts', { counts }));
  };
  const read = async () => {
    for (const path of ['/stats?window=24h', '/decisions?limit=20', '/dependencies', '/guardrails', '/metrics']) {
      count(await server.call('GET', path));
    }
  };
  const write = async () => {
    writes += 1;
    count(await server.call('PUT', '/guardrails', { max_delay_ms: 3_600_000 - (writes % 2) * 1_000 }));
  };
  const all = [
    atRate(jobsPerSecond, live),
    atRate(ECHOES_PER_SECOND, (n) => timed(echoes, server.callEcho('POST', '/echo', describeJob(n)))),
    every(COUNTS_EVERY_MS, countFirstTries),
    every(READ_EVERY_MS, read),
    every(WRITE_EVERY_MS, write),
  ];
  return {
    statuses,
    writes: () => writes,
    /** What was measured since the last time. */
    take() {
      const taken = { durations, echoes };
      [durations, echoes] = [[], []];
      return taken;
    },
    async stop() {
      isOver = true;
      await Promise.all(all);
      await Promise.all(pending);
    },
  };
}
