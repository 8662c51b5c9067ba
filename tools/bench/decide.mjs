import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, writeReport } from './report.mjs';
import { tabulateTimings, timeInterleaved } from './timings.mjs';

// `npm run bench:decide`: what one in-process decision costs, by rules and taught, beside things of known cost in the same run.
const ROUNDS = 5;
const OPERATIONS_PER_ROUND = 3_000;
const TAUGHT_OUTCOMES = 20_000;
const AFTER_OUTCOME = 'decide as taught, each after one more outcome, 1,000 a second';
const ANEW = 'decide as taught, each after one more outcome, 5 a second';

bootstrap();
build('libs/storage');
build('libs/engine');
const machine = describeMachine();
const { createRng } = await import('../../libs/domain/dist/index.js');
const { createSmartRetry, decide, UNTAUGHT_LAYERS } = await import('../../libs/engine/dist/index.js');
const { openMemory } = await import('../../libs/storage/dist/memory/index.js');
const { createLearner } = await import('./learner.mjs');

const smartRetry = createSmartRetry({ stores: openMemory({ maxRecords: 1_000 }) });
await smartRetry.start();
const configuration = smartRetry.configuration.current();
const byRules = { configuration, learnedLayers: UNTAUGHT_LAYERS, canAudit: true, explores: true };
const failure = { jobType: 'email_send', errorClass: 'timeout', errorCode: '504', attemptNumber: 2, queue: 'default' };
const nowMs = Date.now();
const answer = decide(failure, byRules, nowMs, createRng([1, 2, 3, 4])).recommendation;
const learner = createLearner({ outcomes: TAUGHT_OUTCOMES, learnedMaxAttempts: 12, configuration });
const resting = createLearner({ outcomes: TAUGHT_OUTCOMES, learnedMaxAttempts: 12, configuration });
// So slow that beliefs are old whenever they are asked for.
const slow = createLearner({ outcomes: TAUGHT_OUTCOMES, learnedMaxAttempts: 12, configuration, stepMs: 200 });

const SUBJECTS = {
  'decide by rules': (i) => decide(failure, byRules, nowMs, createRng([1, 2, 3, i])).recommendation.delayMs,
  'the same, of the failures that are decided below': (i) =>
    decide(learner.traffic.nextFailure(), byRules, nowMs, createRng([1, 2, 3, i])).recommendation.delayMs,
  'decide as taught, nothing new': (i) => decideAsTaught(resting, i),
  [AFTER_OUTCOME]: (i) => decideAsTaught(learner, i),
  [ANEW]: (i) => decideAsTaught(slow, i),
  'recommend: decide, seed, signed id, memory of it, audit record': (i) =>
    smartRetry.recommender.recommend({ ...failure, jobId: `job-${i}` }).recommendation.delayMs,
  'reference: JSON.stringify of the answer': () => JSON.stringify(answer).length,
  'reference: base · 2^n with full jitter': (i) => Math.random() * Math.min(30_000, 2_000 * 2 ** (i % 8)),
};

const methods = new Map();
const samples = await timeInterleaved(SUBJECTS, {
  rounds: ROUNDS,
  operations: OPERATIONS_PER_ROUND,
  before: { [AFTER_OUTCOME]: () => learner.learn(1), [ANEW]: () => slow.learn(1) },
  betweenRounds: () => smartRetry.audit.flush(),
});
await smartRetry.close();

function decideAsTaught({ snapshot, traffic }, i) {
  const { recommendation } = decide(traffic.nextFailure(), snapshot, traffic.nowMs(), createRng([1, 2, 3, i]));
  methods.set(recommendation.method, (methods.get(recommendation.method) ?? 0) + 1);
  return recommendation.delayMs;
}

const decided = [...methods.values()].reduce((sum, count) => sum + count, 0);
writeReport('decide', {
  title: 'In-process decisions',
  machine,
  sections: [
    `\`npm run bench:decide\`: ${ROUNDS} interleaved rounds of ${OPERATIONS_PER_ROUND.toLocaleString('en')} operations after one to warm up, default policies, one thread, wall clock, each operation timed by itself (which adds some 0.1 µs). Wanted: under 10 µs for a decision by rules, under 20 µs as taught.`,
    `Taught: ${TAUGHT_OUTCOMES.toLocaleString('en')} outcomes of 50 job types × 3 error codes × 4 tenants, \`learned_max_attempts\` 12, exploration on; failures and outcomes come spread over all of them, so that hardly two decisions ask the same and beliefs are formed anew as often as in life: after 20 outcomes of a family, and after 15 s. At 1,000 decisions a second the former is what happens; at 5 a second it is the latter, before nearly every decision. Drawing the failure is part of what is timed; learning is not (see [learning.md](learning.md)).`,
    tabulateTimings(samples),
    `Who answered as taught: ${[...methods].map(([name, count]) => `${name} ${Math.round((100 * count) / decided)} %`).join(', ')}.`,
  ],
});
