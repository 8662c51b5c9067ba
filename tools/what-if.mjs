import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { answerHelp } from './command-line.mjs';

const USAGE = `usage: npm run what-if -- attempts.ndjson [--policies a,b] [--objective value_half_life=30m,attempt_cost=0.03] [--json]
What other ways to retry would have been worth on recorded attempts. See docs/what-if.md.`;
answerHelp(process.argv.slice(2), USAGE);
bootstrap();
// What an attempt is, the API says.
build('apps/api');
const { runWhatIf } = await import('./what-if/run.mjs');
process.exitCode = await runWhatIf(process.argv.slice(2));
