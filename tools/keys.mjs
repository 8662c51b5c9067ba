import { bootstrap } from './bootstrap.mjs';
import { answerHelp } from './command-line.mjs';
import { transpile } from './transpile.mjs';

const USAGE = `usage: npm run keys -- create --name workers --scopes recommend,record [--tenant acme] [--expires-in 720h]
         [--requests-per-second 500]
       npm run keys -- list | rotate <selector> [--grace 24h] | revoke <selector>
The keys that clients of the API present, in the store that the API's settings name (RETRY_DATABASE_URL, or the embedded Postgres
in RETRY_DATA_DIR, whether the API runs or not). --json prints everything as JSON.`;
answerHelp(process.argv.slice(2), USAGE);
bootstrap();
await transpile();
const { runKeys } = await import('./keys/run.mjs');
process.exitCode = await runKeys(process.argv.slice(2), process.env);
