import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../bootstrap.mjs';

const MAIN = join(ROOT, 'apps', 'trainer', 'dist', 'main.js');
const PRELOAD = pathToFileURL(join(import.meta.dirname, 'in-drill.mjs')).href;
const POLL_MS = 25;
const PATIENCE_MS = 60_000;
const PATIENCE_ALONE_MS = 15_000;
/** Orders of which the trainer was done before it could be killed, until that counts as a failure of the drill. */
const MAX_ORDERS = 8;
/** A moment's work: what is tried is the death, not the model. */
const ORDER = { model_type: 'logistic', features: ['error_class', 'attempt_number'], cross_validation: 0 };
const MAX_ROWS = 2_000;

/** Orders a model, kills the trainer that has begun with it, and starts another one, except in a control. */
export async function killTrainer(cluster, observations) {
  const id = await orderAndKill(cluster, observations);
  const isAlone = cluster.switchedOff === 'training';
  const second = isAlone ? null : startTrainer(cluster);
  try {
    const isOver = ({ state }) => state !== 'queued' && state !== 'running';
    const ended = await untilJob(cluster, id, isOver, isAlone ? PATIENCE_ALONE_MS : PATIENCE_MS);
    observations.trainings.push({ id, state: ended?.state, runs: ended?.runs, version: ended?.version });
  } finally {
    await second?.kill9();
  }
}

/** The order over which a trainer was killed; those before it were done too soon. */
async function orderAndKill(cluster, observations) {
  const trainer = startTrainer(cluster);
  try {
    for (let orders = 0; orders < MAX_ORDERS; orders++) {
      const id = await placeOrder(cluster, observations);
      await untilJob(cluster, id, ({ state }) => state !== 'queued', PATIENCE_MS);
      trainer.pause();
      const job = await untilJob(cluster, id, () => true, PATIENCE_MS);
      if (job?.state === 'running') return id;
      trainer.resume();
      observations.trainings.push({ id, state: job?.state, runs: job?.runs, version: job?.version });
    }
  } finally {
    await trainer.kill9();
  }
  throw new Error('the trainer was always done before it could be killed');
}

/** By an API whose clock is right: what an order is trained on ends when it is placed. */
async function placeOrder(cluster, observations) {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (let n = 0; Date.now() < deadlineMs; n++) {
    const punctual = cluster.replicas.filter(({ skewMs }) => skewMs === 0);
    const call = await punctual[n % punctual.length].call('POST', '/ml/train', ORDER, { prefer: 'respond-async' });
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
    env: {
      ...Object.fromEntries(settings),
      RETRY_DATABASE_URL: postgres.url,
      RETRY_TRAINER_LEASE: '2s',
      RETRY_TRAINER_MAX_ROWS: String(MAX_ROWS),
    },
  });
  closeSync(log);
  return {
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async kill9() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
