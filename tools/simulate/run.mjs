import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BASELINES, compareDeciders } from '../../libs/simulation/dist/index.js';
import { ROOT } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { readCommandLine } from '../command-line.mjs';
import { transpile } from '../transpile.mjs';
import { OURS_OVER_HTTP, OURS_WITH_MODELS, parseArguments, USAGE } from './arguments.mjs';
import { toCsv } from './csv.mjs';
import { drawComparisons } from './picture.mjs';
import { playAll } from './players.mjs';
import { createProgress } from './progress.mjs';
import { renewReport } from './publish.mjs';
import { printComparisons, printMeasurements, printRecoveries, printWorld } from './tables.mjs';

/** Plays the chosen deciders in the chosen worlds, prints what they achieved and writes it to the chosen folder. */
export async function runSimulations(args) {
  const options = readCommandLine(args, { parse: parseArguments, usage: USAGE });
  // As `npm start` does.
  if (options.deciders.includes(OURS_OVER_HTTP)) await transpile();
  if (options.deciders.includes(OURS_WITH_MODELS)) build('apps/trainer');
  const rows = await playWorlds(options);
  const comparisons = compareByWorld(rows, options.deciders);
  printMeasurements(rows);
  printComparisons(comparisons);
  printRecoveries(rows);
  const { out, seeds, split, isPublished } = options;
  if (out === undefined) return;
  const folder = resolve(ROOT, out);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'simulation.csv'), toCsv(rows));
  if (comparisons.size === 0) return;
  const title = `Share of the way from the rules to the best known, ${seeds.length} ${split} seeds`;
  writeFileSync(join(folder, 'simulation.svg'), drawComparisons(comparisons, { title }));
  if (isPublished) renewReport(join(folder, 'simulation.md'), { rows, comparisons, options });
}

/** Rows in the order of the tables; each world is printed as soon as all its seeds are played. */
async function playWorlds({ worlds, seeds, split, deciders }) {
  const tasks = worlds.flatMap((world) => seeds.map((seed) => ({ world, seed, split, deciders })));
  const progress = createProgress(tasks.length);
  const played = new Map(worlds.map((world) => [world, []]));
  await playAll(tasks, ({ world, seed }, rows) => {
    const ofWorld = played.get(world);
    ofWorld.push(rows);
    progress.advance(`${world}, seed ${seed}`);
    if (ofWorld.length < seeds.length) return;
    progress.end();
    printWorld(world, compareByWorld(ofWorld.flat(), deciders).get(world));
  });
  progress.end();
  return [...played.values()].flatMap((ofWorld) => ofWorld.sort(([a], [b]) => a.seed - b.seed).flat());
}

/** On the second half of the traffic: before, a learner has not learned yet. */
function compareByWorld(rows, deciders) {
  if (!deciders.includes('rules')) return new Map();
  const statics = new Set(BASELINES.filter(({ kind }) => kind === 'static').map(({ name }) => name));
  const judged = rows.filter(({ portion }) => portion === 'second-half').sort((a, b) => a.seed - b.seed);
  const worlds = [...new Set(judged.map(({ world }) => world))];
  return new Map(
    worlds.map((world) => {
      const utilitiesOf = (decider) =>
        judged
          .filter((row) => row.world === world && row.decider === decider)
          .map(({ measurement }) => measurement.netUtility);
      const utilities = new Map(deciders.map((decider) => [decider, utilitiesOf(decider)]));
      return [world, compareDeciders(utilities, { rules: 'rules', statics })];
    }),
  );
}
