import { bootstrap } from './bootstrap.mjs';
import { transpile } from './transpile.mjs';

// `npm run keys -- create|list|rotate|revoke`: the keys that clients of the API present, on the same store as the API's
// settings name (RETRY_DATABASE_URL, or the embedded Postgres in RETRY_DATA_DIR, whether the API runs or not).
bootstrap();
await transpile();
const { runKeys } = await import('./keys/run.mjs');
process.exitCode = await runKeys(process.argv.slice(2), process.env);
