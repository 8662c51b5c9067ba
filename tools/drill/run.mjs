import { describeMachine } from '../bench/report.mjs';
import { readCommandLine } from '../command-line.mjs';
import { parseArguments, USAGE } from './arguments.mjs';
import { createClusterShare } from './cluster-share.mjs';
import { CONTROLS } from './controls.mjs';
import { openResults } from './results-file.mjs';
import { runSchedule } from './run-schedule.mjs';
import { describeFaultShort, MAX_STALE_MS, planSchedule } from './schedule.mjs';
import { writeResult } from './write-result.mjs';

/** So many run on one cluster, unless one is red. */
const SCHEDULES_ON_A_CLUSTER = 10;
const CONTROL_ATTEMPTS = 1_500;
const CONTROL_SEED = 1_000;

/** Answers the exit code: 0 when every run is green and every control is red where it must be. */
export async function runDrill(args) {
  const options = readCommandLine(args, { parse: parseArguments, usage: USAGE });
  const { seeds, attempts, withControls, resultPath, runsAgain, minutes, isReported } = options;
  const untilMs = Date.now() + minutes * 60_000;
  const machine = describeMachine();
  const results = openResults(resultPath);
  const isDone = (seed) => results.runs.some(({ schedule, isGreen }) => schedule.seed === seed && isGreen);
  const controls = [];
  for (const control of withControls ? CONTROLS : []) controls.push(results.keep(await runControl(control)));
  const runs = [];
  const clusters = createClusterShare({ schedules: SCHEDULES_ON_A_CLUSTER });
  for (const seed of seeds) {
    if ((!runsAgain && isDone(seed)) || Date.now() > untilMs) continue;
    const run = print(await attempt(() => runSchedule(planSchedule(seed), { attempts, clusters }), seed));
    runs.push(results.keep(run));
  }
  await clusters.close();
  if (isReported) writeResult({ machine, results, attempts });
  const green = runs.filter((run) => run.isGreen).length;
  const red = controls.filter((control) => control.isRed).length;
  console.log(`${green} of ${runs.length} schedules green, ${red} of ${controls.length} controls red`);
  return green === runs.length && red === controls.length ? 0 : 1;
}

/** A run that could not be brought to its end has proved nothing: it is not green. */
async function attempt(run, seed) {
  try {
    const result = await run();
    return { ...result, isGreen: result.invariants.every(({ isHeld }) => isHeld) };
  } catch (error) {
    return { schedule: planSchedule(seed), isGreen: false, error: error.message, invariants: [] };
  }
}

function print(run) {
  const { schedule, isGreen, acknowledged, unanswered, answers, seconds, invariants, error } = run;
  const faults = schedule.faults.map(describeFaultShort).join(' ');
  console.log(`${isGreen ? '✓' : '✗'} schedule ${schedule.seed}: ${faults}, ${schedule.stopsAtShare.length} stops`);
  if (error !== undefined) console.log(`    did not end: ${error}`);
  else {
    console.log(
      `    ${acknowledged} attempts acknowledged, ${unanswered} in doubt, ${answers} answers, ${seconds.toFixed(0)} s`,
    );
  }
  for (const { title, isHeld, found } of invariants) console.log(`    ${isHeld ? '✓' : '✗'} ${title} (${found})`);
  return run;
}

/** The faults are those that make the protection matter: an API is killed, and a store is away, or one API is cut off from both. */
async function runControl({ invariant, how }) {
  const kinds = [{ kind: 'kill_api' }, { kind: 'restart_postgres', durationMs: 800 }, { kind: 'kill_api' }];
  if (invariant === 'training') kinds.splice(1, 2, { kind: 'kill_trainer' });
  if (invariant === 'stale') kinds.splice(1, 2, { kind: 'isolate', durationMs: 2 * MAX_STALE_MS });
  const faults = kinds.map((fault, i) => ({ ...fault, replica: i % 3, atShare: 0.2 + 0.2 * i }));
  const clusters = createClusterShare({ schedules: 1 });
  const schedule = { seed: CONTROL_SEED, faults, stopsAtShare: [0.5] };
  const run = await attempt(
    () => runSchedule(schedule, { attempts: CONTROL_ATTEMPTS, clusters, switchedOff: invariant }),
    CONTROL_SEED,
  );
  const broken = run.invariants.filter(({ isHeld }) => !isHeld);
  const isRed = broken.some(({ name }) => name === invariant);
  const found = broken.map(({ title, found: by }) => `${title} (${by})`).join('; ');
  console.log(`${isRed ? '✓' : '✗'} control ${invariant}: ${how}: ${found || run.error || 'nothing was found'}`);
  return { invariant, how, isRed, found };
}
