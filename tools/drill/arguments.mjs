import { parseArgs } from 'node:util';

const USAGE = 'usage: drill [--seeds 1-5] [--attempts 5000] [--controls] [--report]';

export function parseArguments(args) {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '1-5' },
      attempts: { type: 'string', default: '5000' },
      controls: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
    },
  });
  const attempts = Number(values.attempts);
  if (!Number.isSafeInteger(attempts) || attempts < 1) throw new Error(USAGE);
  return { seeds: parseSeeds(values.seeds), attempts, withControls: values.controls, isReported: values.report };
}

function parseSeeds(text) {
  const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
  if (first === undefined || Number(last) < Number(first)) throw new Error(USAGE);
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
}
