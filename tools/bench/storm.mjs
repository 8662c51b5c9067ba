import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, table, writeReport } from './report.mjs';

// `npm run bench:storm`: the two overloads on a real clock through three API processes, beside other ways to retry.
const REPLICAS = 3;
const BESIDE = ['none', 'oracle', 'full-jitter', 'finagle', 'rules'];

bootstrap();
build('.');
const machine = describeMachine();
const { BASELINES, simulate } = await import('../../libs/simulation/dist/index.js');
const { openFleet } = await import('./replica-fleet.mjs');
const { judgeStorm, timelineOf } = await import('./storm/judge.mjs');
const { playOverHttp } = await import('./storm/play-over-http.mjs');
const { STORMS, withCallLog } = await import('./storm/worlds.mjs');

const fleet = await openFleet({ replicas: REPLICAS });
let played;
try {
  // Both at once, each with a dependency of its own: they share nothing but the processes.
  played = await Promise.all(
    Object.keys(STORMS).map(async (name) => {
      const { world, calls } = withCallLog(STORMS[name]());
      const course = await playOverHttp(world, { name, replicas: fleet.replicas });
      return { name, course, ours: judge(world, calls), timeline: timelineOf(calls, world.arrivalsEndAtMs) };
    }),
  );
} finally {
  await fleet.close();
}

const sections = [
  `\`npm run bench:storm\`: about 45 first tries a second on a real clock, two minutes before a slowdown of 40 s and two after it, through
${REPLICAS} API processes on one Redis and one Postgres, with the default settings. Workers report what became of retries, and first tries as
counts each five seconds. The other ways to retry play the same arrivals in virtual time. Peak: calls over first tries in the busiest
ten seconds. Recovery: from the end of the slowdown until ten seconds begin in which first tries succeed 95 % as often as usual.
\`none\` never retries; \`oracle\` knows when there is room.`,
];
for (const { name, course, ours, timeline } of played) {
  const rows = [['ours', ours]];
  for (const beside of BESIDE) rows.push([beside, await playBeside(name, beside)]);
  const head = ['', 'peak', 'recovery', 'first tries failed', 'retries', 'of these succeeded'];
  const cells = ([title, judged]) => [
    title,
    judged.peak.toFixed(2),
    judged.recoveredAfterMs === null ? 'never' : `${Math.round(judged.recoveredAfterMs / 1_000)} s`,
    judged.failedFirstTries,
    judged.retries,
    judged.succeededRetries,
  ];
  sections.push(`## ${name}`, table(head, rows.map(cells)));
  sections.push(
    `Asked ${course.asked} times, of which ${course.unanswered} without an answer; ${course.stopped} jobs were stopped, ${course.deferred} still waited at the end.`,
    `Ours by ten seconds, first tries/of these failed/retries: ${timeline
      .map(({ first, failed, retries }) => `${first}/${failed}/${retries}`)
      .join(' ')}`,
  );
}
writeReport('storm', { title: 'Storms through three replicas', machine, sections });

async function playBeside(name, decider) {
  const { world, calls } = withCallLog(STORMS[name]());
  await simulate(world, BASELINES.find((baseline) => baseline.name === decider).create(world));
  return judge(world, calls);
}

function judge(world, calls) {
  const [endMs] = world.recoveriesMs;
  const slowdownFailed = calls.find(({ isRetry, success }) => !isRetry && !success)?.atMs ?? endMs;
  return judgeStorm(calls, { fromMs: Math.min(slowdownFailed, endMs), endMs, untilMs: world.arrivalsEndAtMs });
}
