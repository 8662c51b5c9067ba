import { bootstrap } from './bootstrap.mjs';
import { answerHelp } from './command-line.mjs';

const USAGE = `usage: npm run import -- attempts.ndjson [--url http://127.0.0.1:8080]
Reports recorded attempts to a running API, so that it knows a history before its first day. Safe to repeat: what is there already
counts once. The key, where the API asks for one, comes from RETRY_ADMIN_KEY.`;
answerHelp(process.argv.slice(2), USAGE);
bootstrap();
const { runImport } = await import('./import/run.mjs');
process.exitCode = await runImport(process.argv.slice(2));
