import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';

// `npm run what-if -- attempts.ndjson [--policies a,b] [--objective value_half_life=30m,attempt_cost=0.03] [--json]`: what other
// ways to retry would have been worth on recorded attempts. See docs/what-if.md.
bootstrap();
// What an attempt is, the API says.
build('apps/api');
const { runWhatIf } = await import('./what-if/run.mjs');
process.exitCode = await runWhatIf(process.argv.slice(2));
