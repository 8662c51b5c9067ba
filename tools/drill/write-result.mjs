import { median, table, writeReport } from '../bench/report.mjs';
import { describeFaultShort } from './schedule.mjs';

/** Writes `docs/benchmarks/drill.md`: of the machine what it is now, of dates, commits and load what they were in the runs. */
export function writeResult({ machine, results, attempts }) {
  const { runs, redRuns, controls } = results;
  const redControls = controls.filter(({ isRed }) => isRed).length;
  const green = runs.filter((run) => run.isGreen);
  const total = (field) => runs.reduce((sum, run) => sum + (run[field] ?? 0), 0);
  writeReport('drill', {
    title: 'Fault drill',
    machine: [...describeRuns([...runs, ...controls]), ...machine.filter((line) => /^(machine|node):/.test(line))],
    sections: [
      `**${green.length} of ${runs.length} schedules green, ${redControls} of ${controls.length} controls red.** Each schedule has at least ${attempts} acknowledged attempts through three API processes, ` +
        `five faults and two emergency stops; reports are sent twice and out of order throughout. In all ${total('acknowledged')} attempts ` +
        `acknowledged, ${total('unanswered')} in doubt, ${total('answers')} recommendations answered. Several schedules run on one cluster, one after another; it has seen ten of them at most. ` +
        '`npm run drill -- --seeds 1-5` repeats the first five. Seconds say nothing of the product: what held does.',
      redRuns.length === 0
        ? 'None was ever red.'
        : `Red before, or still: ${redRuns.map((run) => `seed ${run.schedule.seed} (${run.date.slice(0, 16)}, ${run.commit}): ${run.error ?? broken(run)}`).join('; ')}. Commits say why, and what was run again.`,
      '## What must hold',
      'In as many runs as it was looked at, and had anything to judge.',
      describeInvariants(runs),
      '## Controls',
      'Each invariant with what protects it switched off, in a run of its own: it must be found broken.',
      table(
        ['invariant', 'switched off', 'found'],
        controls.map(({ invariant, how, isRed, found }) => [invariant, how, isRed ? found : `NOT FOUND ${found}`]),
      ),
      '## Schedules',
      table(
        ['seed', 'faults', 'acknowledged', 'in doubt', 'answers', 's', 'load', 'run', 'green'],
        runs.map((run) => [
          run.schedule.seed,
          run.schedule.faults.map(describeFaultShort).join(' '),
          run.acknowledged ?? '-',
          run.unanswered ?? '-',
          run.answers ?? '-',
          run.seconds?.toFixed(0) ?? '-',
          run.load.toFixed(0),
          `${run.date.slice(0, 16).replace('T', ' ')}, ${run.commit}`,
          run.isGreen ? 'yes' : `NO: ${run.error ?? broken(run)}`,
        ]),
      ),
    ],
  });
}

/** When, of which commits, and beside how much other work. */
function describeRuns(runs) {
  const dates = runs.map(({ date }) => date).sort();
  const loads = runs.map(({ load }) => load).sort((a, b) => a - b);
  const commits = [...new Set(runs.map(({ commit }) => commit))].map(
    (commit) => `${commit} (${runs.filter((run) => run.commit === commit).length})`,
  );
  const minute = (date) => date?.slice(0, 16).replace('T', ' ');
  return [
    `date: ${minute(dates[0])} to ${minute(dates.at(-1))} UTC`,
    `commits (schedules and controls): ${commits.join(', ')}`,
    `load after each run: ${[loads[0], median(loads), loads.at(-1)].map((load) => load?.toFixed(0)).join(', ')} (least, median, most)`,
  ];
}

/** Some have nothing to judge unless a fault is among those of the run; some were not checked in the first runs. */
const TRIED_BY = { stale: 'isolate', training: 'kill_trainer' };

function describeInvariants(runs) {
  const titles = runs.toSorted((a, b) => b.invariants.length - a.invariants.length)[0]?.invariants ?? [];
  return table(
    ['invariant', 'held in'],
    titles.map(({ name, title }) => {
      const kind = TRIED_BY[name];
      const tried = runs.filter(
        ({ invariants, schedule }) =>
          invariants.some((found) => found.name === name) &&
          (kind === undefined || schedule.faults.some((fault) => fault.kind === kind)),
      );
      const held = tried.filter((run) => run.invariants.some((found) => found.name === name && found.isHeld));
      return [title, `${held.length} of ${tried.length}`];
    }),
  );
}

function broken({ invariants }) {
  return invariants
    .filter(({ isHeld }) => !isHeld)
    .map(({ title, found }) => `${title} (${found})`)
    .join('; ');
}
