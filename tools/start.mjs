import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap, ROOT } from './bootstrap.mjs';
import { transpile } from './transpile.mjs';

// `npm start`: installs and builds what is missing, then becomes the API, with a trainer beside it.
bootstrap();
await transpile();
// In this very process: whatever signal npm or a supervisor sends reaches the server, and its exit code is the command's.
await import('../apps/api/dist/main.js');
if (process.exitCode === undefined) {
  // The channel is how it learns of this process's end, whichever way that ends.
  const trainer = spawn(process.execPath, [join(ROOT, 'apps/trainer/dist/main.js')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  trainer.unref();
  trainer.channel?.unref();
}
