import { bootstrap } from './bootstrap.mjs';
import { transpile } from './transpile.mjs';

// `npm start`: installs and builds what is missing, then becomes the API.
bootstrap();
await transpile();
// In this very process: whatever signal npm or a supervisor sends reaches the server, and its exit code is the command's.
await import('../apps/api/dist/main.js');
