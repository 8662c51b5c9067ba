import { parseArgs } from 'node:util';

export const USAGE = 'usage: soak [--minutes 60] [--jobs-per-second 50] [--sample-seconds 30]';

export function parseArguments(args) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '60' },
      'jobs-per-second': { type: 'string', default: '50' },
      'sample-seconds': { type: 'string', default: '30' },
    },
  });
  const [minutes, jobsPerSecond, sampleSeconds] = [
    values.minutes,
    values['jobs-per-second'],
    values['sample-seconds'],
  ].map(Number);
  if (![minutes, jobsPerSecond, sampleSeconds].every((value) => value > 0)) throw new Error(USAGE);
  return { minutes, jobsPerSecond, sampleSeconds };
}
