import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { ROOT } from '../bootstrap.mjs';

/**
 * Runs and controls of several sessions, a JSON object a line, each with its commit, date and the machine's load: 200
 * schedules take longer than one session lasts.
 *
 * @param {string | undefined} path
 */
export function openResults(path) {
  const lines = path !== undefined && existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  const kept = lines.map((line) => JSON.parse(line));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const keep = (result) => {
    const entry = { ...result, commit, date: new Date().toISOString(), load: loadavg()[0] };
    kept.push(entry);
    if (path !== undefined) appendFileSync(path, `${JSON.stringify(entry)}\n`);
    return entry;
  };
  return {
    keep,
    /** The last run of each seed, by seed. */
    get runs() {
      const latest = new Map(kept.filter(({ schedule }) => schedule).map((run) => [run.schedule.seed, run]));
      return [...latest.values()].sort((a, b) => a.schedule.seed - b.schedule.seed);
    },
    /** Everything that was red, also where a later run of the same seed was green. */
    get redRuns() {
      return kept.filter(({ schedule, isGreen }) => schedule && !isGreen);
    },
    /** The last run of each control. */
    get controls() {
      return [...new Map(kept.filter(({ how }) => how).map((control) => [control.invariant, control])).values()];
    },
  };
}
