import { averageShareClosed } from '../../libs/simulation/dist/index.js';

const MEASURES = [
  ['failed', (m) => m.failedJobs, 0],
  ['U', (m) => m.utility, 3],
  ['net U', (m) => m.netUtility, 3],
  ['success', (m) => m.successShare, 3],
  ['attempts', (m) => m.attemptsPerJob, 2],
  ['calls/job', (m) => m.amplification, 2],
  ['peak', (m) => m.peakAmplification, 1],
  ['p50 s', (m) => seconds(m.timeToSuccessP50Ms), 1],
  ['p95 s', (m) => seconds(m.timeToSuccessP95Ms), 1],
  ['wasted', (m) => m.wastedAttempts, 2],
  ['herd', (m) => m.herdIndex, 1],
  ['false stops', (m) => m.falseStops, 3],
  ['Brier', (m) => m.brier, 3],
  ['ECE', (m) => m.calibrationError, 3],
  ['cover', (m) => m.intervalCoverage, 2],
];

/** The means over seeds, on the second half of the traffic. */
export function printMeasurements(rows) {
  const groups = new Map();
  for (const row of rows.filter(({ portion }) => portion === 'second-half')) {
    const key = JSON.stringify([row.world, row.decider]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const lines = [...groups.values()].map((group) => [
    group[0].world,
    group[0].decider,
    ...MEASURES.map(([, read, digits]) => format(meanOf(group.map(({ measurement }) => read(measurement))), digits)),
    format(meanOf(group.map(({ seconds: elapsed }) => elapsed)), 2),
  ]);
  printTable(['world', 'decider', ...MEASURES.map(([title]) => title), 'took s'], lines, 2);
}

/** One line for a world that has been played: how far each decider goes from the rules to the best of all. */
export function printWorld(world, comparison) {
  if (comparison === undefined) return console.log(`${world}: played`);
  const shares = comparison.standings.map(({ decider, utility, shareClosed }) => {
    const share = shareClosed === null ? '' : ` (${shareClosed.value.toFixed(2)})`;
    return `${decider} ${utility.value.toFixed(3)}${share}`;
  });
  console.log(`${world}: ${shares.join(', ')}`);
}

/** Where each decider stands between the rules and the best of all, with 95 % intervals over seeds. */
export function printComparisons(comparisons) {
  if (comparisons.size === 0) return;
  const lines = [...comparisons].flatMap(([world, { ceiling, bestStatic, standings }]) =>
    [...standings]
      .sort((a, b) => b.utility.value - a.utility.value)
      .map(({ decider, utility, shareClosed, overBestStatic }) => [
        world,
        decider,
        [decider === ceiling ? 'ceiling' : '', decider === bestStatic ? 'best static' : ''].filter(Boolean).join(', '),
        describe(utility, 3),
        shareClosed === null ? 'n/a' : describe(shareClosed, 2),
        describe(overBestStatic, 3),
      ]),
  );
  console.log();
  printTable(['world', 'decider', '', 'net U', 'share closed', 'over best static'], lines, 3);
  console.log();
  const [first] = comparisons.values();
  const averages = first.standings.map(({ decider }) => [
    decider,
    format(averageShareClosed([...comparisons.values()], decider), 3),
  ]);
  printTable(
    ['decider', 'mean share closed'],
    averages.sort((a, b) => Number(b[1]) - Number(a[1])),
    1,
  );
}

/** After a change of the law: how long until a decider does as well again as it does in the long run. */
export function printRecoveries(rows) {
  const changed = rows.filter(({ portion, recovery }) => portion === 'all' && recovery !== null);
  if (changed.length === 0) return;
  const deciders = [...new Set(changed.map(({ decider }) => decider))];
  const lines = deciders.map((wanted) => {
    const recoveries = changed.filter(({ decider }) => decider === wanted).map(({ recovery }) => recovery);
    const failures = recoveries.map((recovery) => recovery.failures);
    return [
      wanted,
      format(meanOf(failures), 0),
      format(Math.max(...failures), 0),
      format(meanOf(recoveries.map(({ elapsedMs }) => elapsedMs / 60_000)), 0),
    ];
  });
  console.log();
  printTable(['after a change', 'failures until recovered', 'most', 'minutes'], lines, 1);
}

function printTable(head, lines, leftColumns) {
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i].length)));
  for (const line of [head, ...lines]) {
    const cells = line.map((cell, i) => (i < leftColumns ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    console.log(cells.join('  ').trimEnd());
  }
}

function describe({ value, interval: [lo, hi] }, digits) {
  return `${value.toFixed(digits)} [${lo.toFixed(digits)}, ${hi.toFixed(digits)}]`;
}

function seconds(ms) {
  return ms === null ? null : ms / 1_000;
}

function meanOf(values) {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function format(value, digits) {
  return value === null ? '–' : value.toFixed(digits);
}
