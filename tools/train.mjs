import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { answerHelp } from './command-line.mjs';

const USAGE = `usage: npm run train -- --model gradient_boosting --from attempts.ndjson [--out model.bin] [--features a,b]
         [--set max_rounds=50] [--folds 5] [--validation 0.2] [--seed 1]
Trains a model on recorded attempts, without a database, and writes the artifact that a trainer would register. The file is that of
npm run what-if, see docs/what-if.md.`;
answerHelp(process.argv.slice(2), USAGE);
bootstrap();
// What an attempt is, the API says.
build('apps/api');
build('libs/training');
const { runTraining } = await import('./train/run.mjs');
process.exitCode = await runTraining(process.argv.slice(2));
