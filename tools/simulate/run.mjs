import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BASELINES,
  compareDeciders,
  measure,
  measureRecovery,
  simulate,
  WORLD_FAMILIES,
} from '../../libs/simulation/dist/index.js';
import { transpile } from '../transpile.mjs';
import { OURS_OVER_HTTP, parseArguments } from './arguments.mjs';
import { toCsv } from './csv.mjs';
import { startEngine } from './engine.mjs';
import { drawComparisons } from './picture.mjs';
import { recentEpochMs, startHttpDecider } from './http.mjs';
import { createProgress } from './progress.mjs';
import { printComparisons, printMeasurements, printRecoveries } from './tables.mjs';

/** Plays the chosen deciders in the chosen worlds, prints what they achieved and writes it to the chosen folder. */
export async function runSimulations(args) {
  const options = parseArguments(args);
  // As `npm start` does.
  if (options.deciders.includes(OURS_OVER_HTTP)) await transpile();
  const rows = await playAll(options);
  const comparisons = compareByWorld(rows, options.deciders);
  printMeasurements(rows);
  printComparisons(comparisons);
  printRecoveries(rows);
  if (options.out === undefined) return;
  mkdirSync(options.out, { recursive: true });
  writeFileSync(join(options.out, 'simulation.csv'), toCsv(rows));
  if (comparisons.size === 0) return;
  const title = `Share of the way from the rules to the best known, ${options.seeds.length} ${options.split} seeds`;
  writeFileSync(join(options.out, 'simulation.svg'), drawComparisons(comparisons, { title }));
}

async function playAll({ worlds, seeds, split, deciders }) {
  const progress = createProgress(worlds.length * seeds.length * deciders.length);
  const rows = [];
  for (const family of WORLD_FAMILIES.filter(({ name }) => worlds.includes(name))) {
    for (const seed of seeds) {
      const undisturbed = await simulate(family.create(seed, split), findBaseline('none').create());
      const oracle =
        family.create(seed, split).changesAtMs === undefined ? null : await playOracle(family.create(seed, split));
      for (const decider of deciders) {
        progress.advance(`${family.name}, seed ${seed}, ${decider}`);
        const startedAt = performance.now();
        const trace = await play(family.create(seed, split), decider);
        const seconds = (performance.now() - startedAt) / 1_000;
        const recovery = oracle === null ? null : measureRecovery(trace, oracle);
        for (const portion of ['all', 'second-half']) {
          const measurement = measure(trace, portion, undisturbed);
          rows.push({ world: family.name, seed, split, decider, portion, seconds, measurement, recovery });
        }
      }
    }
  }
  progress.end();
  return rows;
}

async function play(world, name) {
  const baseline = findBaseline(name);
  if (baseline !== undefined) return simulate(world, baseline.create(world));
  const isOverHttp = name === OURS_OVER_HTTP;
  const decider = isOverHttp ? await startHttpDecider(name) : await startEngine(name, world.seed);
  try {
    return await simulate(world, decider, isOverHttp ? { epochMs: recentEpochMs(world) } : {});
  } finally {
    await decider.close();
  }
}

function playOracle(world) {
  return simulate(world, findBaseline('oracle').create(world));
}

function findBaseline(wanted) {
  return BASELINES.find(({ name }) => name === wanted);
}

/** On the second half of the traffic: before, a learner has not learned yet. */
function compareByWorld(rows, deciders) {
  if (!deciders.includes('rules')) return new Map();
  const statics = new Set(BASELINES.filter(({ kind }) => kind === 'static').map(({ name }) => name));
  const judged = rows.filter(({ portion }) => portion === 'second-half');
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
