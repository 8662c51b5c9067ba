import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createCaller } from '../../drill/call.mjs';

// A client in a thread of its own, which waits for nothing that the attacker's does: asks and reports by turns at a steady
// pace, and notes how long each took from when it was due. Asked `take`, it hands over what it has noted since; `end` ends it.
const { baseUrl, perSecond } = workerData;
const call = createCaller(baseUrl);
let durations = [];
let isOver = false;

parentPort.on('message', (order) => {
  if (order === 'take') {
    parentPort.postMessage(durations);
    durations = [];
  } else isOver = true;
});

const startedAtMs = performance.now();
const pending = new Set();
for (let i = 0; !isOver; i++) {
  const dueMs = startedAtMs + (i * 1_000) / perSecond;
  await sleep(Math.max(0, dueMs - performance.now()));
  const one = ask(i)
    .then(() => durations.push(performance.now() - dueMs))
    .finally(() => pending.delete(one));
  pending.add(one);
}
await Promise.all(pending);
parentPort.close();

async function ask(i) {
  const job = { job_id: `honest-${i}`, job_type: 'honest', error_class: 'timeout' };
  const answer =
    i % 2 === 1
      ? await call('POST', '/attempt', { ...job, attempt_number: 2, success: true })
      : await call('POST', '/recommendation', { ...job, attempt_number: 1 });
  if (answer?.status !== 200) throw new Error(`the honest client was answered ${answer?.status ?? 'nothing'}`);
}
