import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findDebianProgram } from '../servers/debian-program.mjs';

const run = promisify(execFile);
/** By default wrk counts whatever takes longer than 2 s as an error, and leaves it out of its percentiles. */
const TIMEOUT_SECONDS = 30;

/** Finds wrk, an HTTP load generator that takes a fraction of the processor time of one written in JavaScript. */
export function findWrk() {
  return findDebianProgram({ name: 'wrk', packageName: 'wrk' });
}

/**
 * Drives `url` for a while with one thread.
 *
 * @param {{ path: string, libraryPath: string | undefined }} wrk
 * @returns requests per second, latency percentiles in milliseconds, and how many requests failed
 */
export async function drive(wrk, { url, script, scriptArguments = [], connections, seconds }) {
  const env = wrk.libraryPath === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: wrk.libraryPath };
  const options = [
    '-t',
    '1',
    '-c',
    String(connections),
    '-d',
    `${seconds}s`,
    '--timeout',
    `${TIMEOUT_SECONDS}s`,
    '--latency',
    '-s',
    script,
    url,
    '--',
    ...scriptArguments,
  ];
  const { stdout } = await run(wrk.path, options, { env, maxBuffer: 2 ** 24 });
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    p50Ms: readPercentile(stdout, 50),
    p99Ms: readPercentile(stdout, 99),
    failures:
      Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0) +
      (/Socket errors: (.*)/.exec(stdout)?.[1].match(/\d+/g) ?? []).reduce((sum, n) => sum + Number(n), 0),
  };
}

function readPercentile(output, percentile) {
  const [, value, unit] = new RegExp(`${percentile}%\\s+([\\d.]+)(us|ms|s)`).exec(output);
  return Number(value) * { us: 1e-3, ms: 1, s: 1e3 }[unit];
}
