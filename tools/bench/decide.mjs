import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, median, table, writeReport } from './report.mjs';

// `npm run bench:decide`: what one in-process decision costs, beside things of known cost in the same run.
const ROUNDS = 21;
const OPERATIONS_PER_ROUND = 20_000;

bootstrap();
build('libs/storage');
build('libs/engine');
const machine = describeMachine();
const { createRng } = await import('../../libs/domain/dist/index.js');
const { createSmartRetry, decide, UNTAUGHT_LAYERS } = await import('../../libs/engine/dist/index.js');
const { openMemory } = await import('../../libs/storage/dist/memory/index.js');

const smartRetry = createSmartRetry({ stores: openMemory({ maxRecords: 1_000 }) });
await smartRetry.start();
const snapshot = {
  configuration: smartRetry.configuration.current(),
  learnedLayers: UNTAUGHT_LAYERS,
  canAudit: true,
};
const failure = { jobType: 'email_send', errorClass: 'timeout', errorCode: '504', attemptNumber: 2, queue: 'default' };
const nowMs = Date.now();
const answer = decide(failure, snapshot, nowMs, createRng([1, 2, 3, 4])).recommendation;

const SUBJECTS = {
  'decide by rules': (i) => decide(failure, snapshot, nowMs, createRng([1, 2, 3, i])).recommendation.delayMs,
  'recommend: decide, seed, signed id, memory of it, audit record': (i) =>
    smartRetry.recommender.recommend({ ...failure, jobId: `job-${i}` }).recommendation.delayMs,
  'reference: JSON.stringify of the answer': () => JSON.stringify(answer).length,
  'reference: base · 2^n with full jitter': (i) => Math.random() * Math.min(30_000, 2_000 * 2 ** (i % 8)),
};

const microseconds = new Map(Object.keys(SUBJECTS).map((name) => [name, []]));
let sink = 0;
for (let round = 0; round < ROUNDS; round++) {
  // Interleaved, so that whatever else the machine does meets all of them alike.
  for (const [name, run] of Object.entries(SUBJECTS)) {
    const startedAt = process.hrtime.bigint();
    for (let i = 0; i < OPERATIONS_PER_ROUND; i++) sink += run(i);
    microseconds.get(name).push(Number(process.hrtime.bigint() - startedAt) / OPERATIONS_PER_ROUND / 1_000);
    await smartRetry.audit.flush();
  }
}
await smartRetry.close();

const rows = [...microseconds].map(([name, samples]) => {
  const sorted = samples.slice(1).sort((a, b) => a - b);
  return [name, median(sorted).toFixed(2), sorted[0].toFixed(2), sorted.at(-1).toFixed(2)];
});
writeReport('decide', {
  title: 'In-process decisions',
  machine,
  sections: [
    `\`npm run bench:decide\`: ${ROUNDS - 1} interleaved rounds of ${OPERATIONS_PER_ROUND.toLocaleString('en')} operations after one to warm up, default policies, one thread, wall clock. Wanted: under 10 µs for a decision by rules.`,
    table(['operation', 'median µs', 'fastest', 'slowest'], rows),
    `Checksum of all results: ${Number.isFinite(sink) ? 'finite' : 'broken'}.`,
  ],
});
