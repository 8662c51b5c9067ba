import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { answerHelp } from './command-line.mjs';

const USAGE = `usage: npm run audit -- verify [--known HASH]
Walks the ledger of changes and says whether everything in it is as it was written; with the hash of an entry that was kept
elsewhere, whether that entry is still there. The database is the one that the API's settings name (RETRY_DATABASE_URL,
RETRY_DATA_DIR, RETRY_CONFIG).`;
answerHelp(process.argv.slice(2), USAGE);
bootstrap();
build('apps/api');
const { runAudit } = await import('./audit/run.mjs');
process.exitCode = await runAudit(process.argv.slice(2));
