import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../libs/storage/dist/embedded/index.js';
import { fillHistory } from './fill-history.mjs';
import { startApi } from './started-server.mjs';

const SAMPLED_ANSWERS = 200;

/** Two servers with the same history: one that has learned from it and speaks of it, one with learning off. */
export async function startTaughtPair({ outcomes }) {
  const taught = await startApi();
  const rules = await startApi();
  const stop = async () => {
    await rules.stop();
    await taught.stop();
  };
  try {
    await changeStrategy(rules, { learning: { mode: 'off' } });
    await changeStrategy(taught, { learned_max_attempts: 12 });
    for (const server of [taught, rules]) await teach(server, outcomes);
    await untilLearned(taught, outcomes);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    taught,
    rules,
    stop,
    describeMethods: async () => `taught ${await sample(taught)}; rules ${await sample(rules)}`,
  };
}

async function changeStrategy({ baseUrl }, changes) {
  const strategy = await (await fetch(`${baseUrl}/strategy`)).json();
  await post(`${baseUrl}/strategy`, { ...strategy, ...changes }, 'PUT');
}

async function teach({ baseUrl, dataDir }, outcomes) {
  // The first attempt makes the day's tables.
  await post(`${baseUrl}/attempt`, { job_type: 'day', job_id: 'day', attempt_number: 1, success: true });
  const shared = await startEmbeddedPostgres({ dataDir });
  const client = new pg.Client({ connectionString: shared.url });
  await client.connect();
  await fillHistory(client, { attempts: outcomes, days: 1 });
  await client.end();
  await shared.stop();
}

async function untilLearned({ baseUrl }, outcomes) {
  for (;;) {
    const metrics = await (await fetch(`${baseUrl}/metrics`)).text();
    if (Number(/^smart_retry_learning_outcomes_total (\d+)/m.exec(metrics)?.[1]) >= outcomes) return;
    await sleep(200);
  }
}

async function sample({ baseUrl }) {
  const counts = new Map();
  for (let i = 0; i < SAMPLED_ANSWERS; i++) {
    const failure = {
      job_type: `job_type_${i % 50}`,
      error_class: 'timeout',
      error_code: '501',
      attempt_number: 1,
      job_id: `sample-${i}`,
    };
    const { method } = await post(`${baseUrl}/recommendation`, { ...failure, tenant: 'tenant_1' });
    counts.set(method, (counts.get(method) ?? 0) + 1);
  }
  return [...counts].map(([method, count]) => `${method} ${Math.round((100 * count) / SAMPLED_ANSWERS)} %`).join(', ');
}

async function post(url, body, method = 'POST') {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${url}: ${JSON.stringify(answer)}`);
  return answer;
}
