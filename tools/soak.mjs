import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { readCommandLine } from './command-line.mjs';
import { parseArguments, USAGE } from './soak/arguments.mjs';

// `npm run soak [-- --minutes 60] [--jobs-per-second 50]`: the built API under a steady load; what grows meanwhile.
const options = readCommandLine(process.argv.slice(2), { parse: parseArguments, usage: USAGE });
bootstrap();
build('.');
const { runSoak } = await import('./soak/run.mjs');
process.exitCode = (await runSoak(options)) ? 0 : 1;
