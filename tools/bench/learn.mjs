import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, table, writeReport } from './report.mjs';
import { tabulateTimings, timeInterleaved } from './timings.mjs';

// `npm run bench:learn`: what one outcome costs to learn, and what everything learned takes of memory.
const ROUNDS = 10;
const OPERATIONS_PER_ROUND = 20_000;
const TAUGHT_OUTCOMES = 20_000;
const CELLS = 100_000;

if (typeof globalThis.gc !== 'function')
  throw new Error('run it with `node --expose-gc`, as `npm run bench:learn` does');
bootstrap();
build('libs/engine');
const machine = describeMachine();
const { BayesianMemory } = await import('../../libs/bayesian/dist/index.js');
const { DEFAULT_LEARNING } = await import('../../libs/domain/dist/index.js');
const { Incidents } = await import('../../libs/engine/dist/incidents.js');
const { Teacher } = await import('../../libs/engine/dist/teacher.js');
const { createTaughtTraffic } = await import('./taught-traffic.mjs');

const timed = await timeLearning();
const memory = measureMemory();

writeReport('learning', {
  title: 'Learning',
  machine,
  sections: [
    `\`npm run bench:learn\`: outcomes of 50 job types × 3 error codes × 4 tenants, 4 attempts and 9 ages of an incident. ${ROUNDS} interleaved rounds of ${OPERATIONS_PER_ROUND.toLocaleString('en')} outcomes after one to warm up and ${TAUGHT_OUTCOMES.toLocaleString('en')} learned before; one thread, wall clock, each outcome timed by itself. Wanted: under 5 µs.`,
    tabulateTimings(timed),
    '## Memory',
    `One outcome after another, each of another tenant, until ${CELLS.toLocaleString('en')} cells are held; heap and array buffers after a full collection, less those before. Wanted: at most 200 MB.`,
    table(
      ['cells', 'outcomes', 'MB in all', 'of it array buffers', 'bytes a cell'],
      [
        [
          memory.cells,
          memory.outcomes,
          megabytes(memory.bytes),
          megabytes(memory.buffers),
          Math.round(memory.bytes / memory.cells),
        ],
      ],
    ),
  ],
});

async function timeLearning() {
  const traffic = createTaughtTraffic();
  const bare = new BayesianMemory({ maxCells: CELLS });
  const taught = new BayesianMemory({ maxCells: CELLS });
  const maxDependencies = 2_000;
  const teacher = new Teacher({ memory: taught, incidents: new Incidents({ maxDependencies }), maxDependencies });
  let outcome;
  const subjects = {
    'BayesianMemory.learn': () => bare.learn(learnedOf(outcome)) ?? 0,
    'Teacher.teach: incidents, settings, learn': () => teacher.teach(outcome, DEFAULT_LEARNING) ?? 0,
  };
  const draw = () => (outcome = traffic.nextOutcome());
  for (let i = 0; i < TAUGHT_OUTCOMES; i++) {
    draw();
    for (const run of Object.values(subjects)) run();
  }
  return timeInterleaved(subjects, {
    rounds: ROUNDS,
    operations: OPERATIONS_PER_ROUND,
    before: Object.fromEntries(Object.keys(subjects).map((name) => [name, draw])),
  });
}

/** As the teacher hands it on. */
function learnedOf(outcome) {
  const { jobType, errorClass, errorCode, tenant, payloadSize, hintMs, failedAttemptNumber, incidentAgeMs } = outcome;
  const { delayMs, success, atMs } = outcome;
  const attemptNumber = failedAttemptNumber;
  return {
    context: { jobType, errorClass, errorCode, tenant, payloadSize, hintMs, attemptNumber, incidentAgeMs },
    delayMs,
    success,
    atMs,
    hasIncidentContinued: success ? undefined : true,
  };
}

function measureMemory() {
  const before = usedBytes();
  const filled = new BayesianMemory({ maxCells: 2 * CELLS });
  const traffic = createTaughtTraffic();
  let outcomes = 0;
  while (filled.size < CELLS) filled.learn(learnedOf({ ...traffic.nextOutcome(), tenant: `tenant_${outcomes++}` }));
  const after = usedBytes();
  return { cells: filled.size, outcomes, bytes: after.all - before.all, buffers: after.buffers - before.buffers };
}

function usedBytes() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { all: heapUsed + arrayBuffers, buffers: arrayBuffers };
}

function megabytes(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}
