import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';

// `npm run drill [-- --seeds 1-5 --attempts 5000 --controls]`: three API processes, a real Postgres and a real Redis under faults,
// and what must hold all the same. Seeded; servers are its own. See docs/operations.md. Over several sessions:
// `npm run drill -- --seeds 1-200 --minutes 20 --result docs/benchmarks/drill.ndjson --report`.
bootstrap();
build('apps/api');
build('apps/trainer');
const { runDrill } = await import('./drill/run.mjs');
process.exitCode = await runDrill(process.argv.slice(2));
