import { BASELINES, measure, measureRecovery, simulate, WORLD_FAMILIES } from '../../libs/simulation/dist/index.js';
import { callerOf, OURS_OVER_HTTP, OURS_WITH_MODELS } from './arguments.mjs';
import { startEngine } from './engine.mjs';
import { recentEpochMs, startHttpDecider } from './http.mjs';

/** Plays each decider in one world; answers a row for each of them and each portion of the traffic. */
export async function playWorld({ world: name, seed, split, deciders }) {
  const create = () => WORLD_FAMILIES.find((family) => family.name === name).create(seed, split);
  const undisturbed = await simulate(create(), findBaseline('none').create());
  const oracle = create().changesAtMs === undefined ? null : await playBaseline(findBaseline('oracle'), create());
  const rows = [];
  for (const decider of deciders) {
    const startedAt = performance.now();
    const trace = await play(create(), decider);
    const seconds = (performance.now() - startedAt) / 1_000;
    const recovery = oracle === null ? null : measureRecovery(trace, oracle);
    for (const portion of ['all', 'second-half']) {
      const measurement = measure(trace, portion, undisturbed);
      rows.push({ world: name, seed, split, decider, portion, seconds, measurement, recovery });
    }
  }
  return rows;
}

async function play(world, name) {
  const baseline = findBaseline(name);
  if (baseline !== undefined) return playBaseline(baseline, world);
  const isOverHttp = name === OURS_OVER_HTTP;
  const decider = isOverHttp ? await startHttpDecider(name) : await startInProcess(name, world.seed);
  try {
    return await simulate(world, decider, isOverHttp ? { epochMs: recentEpochMs(world) } : {});
  } finally {
    await decider.close();
  }
}

async function startInProcess(name, seed) {
  if (name !== OURS_WITH_MODELS) return startEngine(name, seed, callerOf(name));
  // Who plays without models need not have built the trainer.
  const { startEngineWithModels } = await import('./models.mjs');
  return startEngineWithModels(name, seed);
}

function playBaseline(baseline, world) {
  return simulate(world, baseline.create(world));
}

function findBaseline(wanted) {
  return BASELINES.find(({ name }) => name === wanted);
}
