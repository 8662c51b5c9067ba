import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../bootstrap.mjs';

const MAIN = join(ROOT, 'apps', 'trainer', 'dist', 'main.js');
const PRELOAD = pathToFileURL(join(import.meta.dirname, 'in-drill.mjs')).href;
const POLL_MS = 50;
const PATIENCE_MS = 120_000;
const CHEATED_PATIENCE_MS = 15_000;
/** Some seconds of work. */
const ORDER = {
  model_type: 'gradient_boosting',
  features: ['error_class', 'attempt_number'],
  cross_validation: 5,
  hyperparameters: { max_rounds: 100, early_stopping_rounds: 100 },
};

/** Orders a model, kills the trainer that has begun with it, and starts another one; a cheat does not. */
export async function killTrainer(cluster, observations) {
  const id = await placeOrder(cluster, observations);
  const first = startTrainer(cluster);
  try {
    await untilJob(cluster, id, ({ state }) => state === 'running', PATIENCE_MS);
  } finally {
    await first.kill9();
  }
  const left = await untilJob(cluster, id, () => true, PATIENCE_MS);
  const isCheating = cluster.cheats.training === true;
  const second = isCheating ? null : startTrainer(cluster);
  try {
    const isOver = ({ state }) => state !== 'queued' && state !== 'running';
    const ended = await untilJob(cluster, id, isOver, isCheating ? CHEATED_PATIENCE_MS : PATIENCE_MS);
    observations.trainings.push({ wasCutOff: left?.state === 'running', state: ended?.state, runs: ended?.runs });
  } finally {
    await second?.kill9();
  }
}

async function placeOrder(cluster, observations) {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (let n = 0; Date.now() < deadlineMs; n++) {
    const replica = cluster.replicas[n % cluster.replicas.length];
    const call = await replica.call('POST', '/ml/train', ORDER, { prefer: 'respond-async' });
    observations.countStatus(call);
    if (call?.status === 202) return call.body.id;
    await sleep(POLL_MS);
  }
  throw new Error('no API took an order to train');
}

/** The job once it is as wanted, or as it is when that takes too long; null where nobody says. */
async function untilJob(cluster, id, isWanted, patienceMs) {
  const deadlineMs = Date.now() + patienceMs;
  let job = null;
  for (let n = 0; Date.now() < deadlineMs; n++) {
    const call = await cluster.replicas[n % cluster.replicas.length].call('GET', `/ml/jobs/${id}`);
    if (call?.status === 200) {
      job = call.body;
      if (isWanted(job)) break;
    }
    await sleep(POLL_MS);
  }
  return job;
}

function startTrainer({ folder, postgres }) {
  const log = openSync(join(folder, 'trainer-log'), 'a');
  const settings = Object.entries(process.env).filter(([name]) => !name.startsWith('RETRY_'));
  const child = spawn(process.execPath, [`--import=${PRELOAD}`, MAIN], {
    cwd: folder,
    stdio: ['ignore', log, log],
    env: { ...Object.fromEntries(settings), RETRY_DATABASE_URL: postgres.url, RETRY_TRAINER_LEASE: '2s' },
  });
  closeSync(log);
  return {
    async kill9() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
