import { loadTrainerConfig } from './config.js';
import { hasSignOfLife } from './lifecycle/sign-of-life.js';

// What the image's HEALTHCHECK runs: ends with 0 where the trainer beside it lives.
const loaded = await loadTrainerConfig(process.env);
process.exitCode = 'config' in loaded && (await hasSignOfLife(loaded.config.dataDir, Date.now())) ? 0 : 1;
