import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';

// `npm run simulate -- [--worlds a,b] [--seeds 1-8|held-out] [--deciders a,b] [--http] [--out folder]
// [--publish]`: what each way to retry achieves in simulated worlds. `--http` plays ours through the real API, `--publish` renews
// the committed result: ten held-out seeds of every world.
bootstrap();
build('libs/storage');
build('libs/simulation');
const { runSimulations } = await import('./simulate/run.mjs');
await runSimulations(process.argv.slice(2));
