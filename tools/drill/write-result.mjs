import { table, writeReport } from '../bench/report.mjs';
import { describeFaultShort } from './schedule.mjs';

/** Writes `docs/benchmarks/drill.md`. */
export function writeResult({ machine, results, attempts }) {
  const { runs, redRuns, controls } = results;
  const green = runs.filter((run) => run.isGreen);
  const total = (field) => runs.reduce((sum, run) => sum + (run[field] ?? 0), 0);
  writeReport('drill', {
    title: 'Fault drill',
    machine,
    sections: [
      `**${green.length} of ${runs.length} schedules green.** Each has at least ${attempts} acknowledged attempts through three API processes, ` +
        `five faults (or more) and two emergency stops; reports are sent twice and out of order throughout. In all ${total('acknowledged')} attempts ` +
        `acknowledged, ${total('unanswered')} in doubt, ${total('answers')} recommendations answered. \`npm run drill -- --seeds 1-5\` repeats the first five.`,
      redRuns.length === 0
        ? 'None was ever red.'
        : `Red before, or still: ${redRuns.map((run) => `seed ${run.schedule.seed} (${run.date.slice(0, 10)}, ${run.commit}): ${run.error ?? broken(run)}`).join('; ')}.`,
      '## What must hold',
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

function describeInvariants(runs) {
  const titles = runs.find((run) => run.invariants.length > 0)?.invariants ?? [];
  return table(
    ['invariant', 'held in'],
    titles.map(({ name, title }) => {
      const held = runs.filter((run) => run.invariants.some((found) => found.name === name && found.isHeld));
      return [title, `${held.length} of ${runs.length}`];
    }),
  );
}

function broken({ invariants }) {
  return invariants
    .filter(({ isHeld }) => !isHeld)
    .map(({ title, found }) => `${title} (${found})`)
    .join('; ');
}
