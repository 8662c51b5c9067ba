import { table, writeReport } from '../bench/report.mjs';
import { judgeGrowth } from './judge.mjs';
import { judgeTables } from './judge-tables.mjs';

/** Windows that begin with a collection that the soak itself has asked for end in a sample without one. */
const isUndisturbed = ({ heapMib }) => heapMib !== undefined;
/** A latency as a multiple of the echo's in the same window: what the machine does to both is not the API's. */
const besideEcho = (field) => (sample) => (isUndisturbed(sample) ? sample[field] / sample.echoP50Ms : undefined);
const alone = (field) => (sample) => (isUndisturbed(sample) ? sample[field] : undefined);

/** What is judged, in what unit, and by how much it may grow and still be called flat. */
const SERIES = [
  [
    'held after garbage collection, in and outside the heap',
    ({ heapMib, externalMib }) => heapMib + externalMib,
    'MiB',
    0.05,
  ],
  ['resident memory', ({ rssMib }) => rssMib, 'MiB', 0.1],
  ['p50', besideEcho('p50Ms'), '× echo', 0.2],
  ['p99', besideEcho('p99Ms'), '× echo', 0.2],
  ["event loop's lag, p99", besideEcho('lagP99Ms'), '× echo', 0.2],
  ['processor time a request', besideEcho('cpuMsPerRequest'), '× echo', 0.2],
  ['keys in Redis', ({ redisKeys }) => redisKeys, '', 0.05],
  ['memory of Redis', ({ redisMib }) => redisMib, 'MiB', 0.05],
];
const BESIDE = [
  ['outside the heap, after collection', ({ externalMib }) => externalMib, 'MiB', 0.05],
  ['p50', alone('p50Ms'), 'ms', 0.2],
  ['p99', alone('p99Ms'), 'ms', 0.2],
  ["event loop's lag, p99", alone('lagP99Ms'), 'ms', 0.2],
  ['processor time a request', alone('cpuMsPerRequest'), 'ms', 0.2],
  ["the echo's p50", alone('echoP50Ms'), 'ms', 0.2],
  ["the echo's p99", alone('echoP99Ms'), 'ms', 0.2],
  ['load of the machine', ({ machineLoad }) => machineLoad, '', 0.2],
];

/** Writes `docs/benchmarks/soak.md`. @returns whether everything wanted was found */
export function writeSoakReport(run) {
  const { samples, statuses, exitCode, warnings, minutes, jobsPerSecond, sampleSeconds, machine } = run;
  const judged = SERIES.map((spec) => judgeSeries(samples, spec));
  const tables = judgeTables(run);
  const failed = [...statuses].filter(([status]) => status !== 200);
  const requests = [...statuses.values()].reduce((sum, n) => sum + n, 0);
  const isClean = failed.length === 0 && exitCode === 0;
  const isHeld =
    isClean && judged.every(({ verdict }) => verdict === 'flat') && tables.every(({ isBounded }) => isBounded);
  writeReport('soak', {
    title: 'Soak',
    machine,
    sections: [
      `\`npm run soak -- --minutes ${minutes}\`: the built API on its embedded Postgres and a Redis, ${jobsPerSecond} jobs a second that fail, ask, wait and
report: 10 tenants, 4 queues, 20 job types and 20 more whose names come and go, 4 dependencies, new job ids all the time, a twentieth of
the reports a day late; first tries as counts every 10 s, readers every 15 s, a change of the guardrails every minute. A sample every
${sampleSeconds} s, every other one after a collection of garbage.`,
      `The last third of the run against its first, after a sixth to warm up; growth of geometric means with its 95 % interval from five
batches in each. **Flat**: the whole interval is below what is wanted. The echo, a bare server beside the API, was asked 20 times a
second all along: latencies and processor time are multiples of its median in the same window, because other work ran on the machine
where its load says so. Windows that begin with a collection of garbage that the soak itself asked for are left out of them.`,
      table(['', 'first third', 'last third', 'growth', '95 %', 'an hour', 'wanted', ''], judged.map(describe)),
      'Beside it, for comparison:',
      table(
        ['', 'first third', 'last third', 'growth', '95 %', 'an hour'],
        BESIDE.map((spec) => describe(judgeSeries(samples, spec)).slice(0, 6)),
      ),
      `## Tables

Retention was one day, and midnight came for the API after a third of the run; what it does once an hour it did once a minute. A table
that grows with the load until retention takes whole days away is bounded if its rows do not get larger and no day is left that is over;
others, if no more rows came than the operator's changes explain.`,
      table(
        ['table', 'rows at the end', 'MiB', 'bytes a row, first third', 'last third', 'judged by', ''],
        tables.map((row) => [...row.cells, row.isBounded ? 'bounded' : '**unbounded**']),
      ),
      `${requests.toLocaleString('en')} requests: ${[...statuses].map(([status, n]) => `${n.toLocaleString('en')} × ${status}`).join(', ')}. The API
logged ${warnings.length} warnings, and ended with ${exitCode}. **${isHeld ? 'Everything wanted was found.' : 'Not everything wanted was found.'}**`,
      ...(warnings.length === 0 ? [] : [`The first of them: \`${warnings[0].slice(0, 300)}\``]),
    ],
  });
  return isHeld;
}

function judgeSeries(samples, [name, valueOf, unit, mayGrow]) {
  const series = samples
    .map((sample) => ({ atMs: sample.atMs, value: valueOf(sample) }))
    .filter(({ value }) => Number.isFinite(value));
  return { name, unit, mayGrow, ...judgeGrowth(series, { mayGrow }) };
}

function describe({ name, unit, mayGrow, verdict, ...found }) {
  if (found.first === undefined) return [name, '', '', '', '', '', '', verdict];
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const amount = (value) => `${value.toFixed(Math.abs(value) < 10 ? 2 : 1)} ${unit}`.trim();
  return [
    name,
    amount(found.first),
    amount(found.last),
    percent(found.growth),
    found.interval.map(percent).join(' to '),
    amount(found.perHour),
    `< ${percent(mayGrow)}`,
    verdict === 'flat' ? 'flat' : `**${verdict}**`,
  ];
}
