import { parseArgs } from 'node:util';

export const USAGE =
  'usage: drill [--seeds 1-5] [--attempts 5000] [--controls] [--result file.ndjson [--again]] [--minutes 20] [--report]';

export function parseArguments(args) {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '1-5' },
      attempts: { type: 'string', default: '5000' },
      controls: { type: 'boolean', default: false },
      // What is kept of each run; seeds that it has as green are not run again.
      result: { type: 'string' },
      again: { type: 'boolean', default: false },
      // No schedule begins after so long.
      minutes: { type: 'string', default: 'Infinity' },
      report: { type: 'boolean', default: false },
    },
  });
  const { attempts, minutes } = { attempts: Number(values.attempts), minutes: Number(values.minutes) };
  if (!Number.isSafeInteger(attempts) || attempts < 1 || !(minutes > 0)) throw new Error(USAGE);
  return {
    seeds: parseSeeds(values.seeds),
    attempts,
    withControls: values.controls,
    resultPath: values.result,
    runsAgain: values.again,
    minutes,
    isReported: values.report,
  };
}

function parseSeeds(text) {
  const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
  if (first === undefined || Number(last) < Number(first)) throw new Error(USAGE);
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
}
