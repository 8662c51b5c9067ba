import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeMachine } from '../bench/report.mjs';
import { startLoad } from './load.mjs';
import { openSampler } from './sample.mjs';
import { openServer } from './server.mjs';
import { writeSoakReport } from './write-report.mjs';

const DAY_MS = 86_400_000;
/** When the soak's own midnight comes, as a share of the run. */
const MIDNIGHT_SHARE = 1 / 3;
/** A collection of garbage is itself a pause: not at each sample. */
const COLLECTS_EVERY = 2;

/** Runs the whole soak and writes its report. @returns whether everything wanted was found */
export async function runSoak({ minutes, jobsPerSecond, sampleSeconds }) {
  const machine = describeMachine();
  const runMs = minutes * 60_000;
  const skewMs = skewToMidnight(Date.now() + runMs * MIDNIGHT_SHARE);
  const nowMs = () => Date.now() + skewMs;
  const server = await openServer({ skewMs });
  let exitCode;
  const run = { samples: [], tablesAtStart: [], rowsAtEnd: new Map() };
  try {
    const sampler = await openSampler(server);
    const load = startLoad(server, { jobsPerSecond, nowMs });
    const startedMs = performance.now();
    for (let n = 1; n * sampleSeconds * 1_000 <= runMs; n++) {
      await sleep(startedMs + n * sampleSeconds * 1_000 - performance.now());
      const sample = await sampler.take({ collects: n % COLLECTS_EVERY === 0, load: load.take() });
      run.samples.push(sample);
      console.error(describeSample(n, sample));
    }
    await load.stop();
    Object.assign(run, { statuses: load.statuses, writes: load.writes(), endMs: nowMs() });
    for (const { name } of run.samples.at(-1).tables) run.rowsAtEnd.set(name, await sampler.countRows(name));
    await sampler.close();
    run.warnings = server.warnings();
  } finally {
    exitCode = await server.stop();
  }
  return writeSoakReport({ ...run, machine, exitCode, minutes, jobsPerSecond, sampleSeconds });
}

/** How far ahead a clock has to be for its midnight to be at `atMs`; at most half a day either way. */
function skewToMidnight(atMs) {
  const past = atMs % DAY_MS;
  return past < DAY_MS / 2 ? -past : DAY_MS - past;
}

function describeSample(n, { tables, ...figures }) {
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const named = Object.entries({ ...figures, tablesMib: bytes / 2 ** 20 }).map(
    ([name, value]) => `${name} ${Number(value.toFixed(2))}`,
  );
  return `${n}: ${named.join(', ')}`;
}
