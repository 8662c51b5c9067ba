import { askHealth } from './ops/ask-health.js';

// What the image's HEALTHCHECK runs: ends with 0 where the server beside it answers.
process.exitCode = (await askHealth(process.env)) ? 0 : 1;
