import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

/** Compiles `project` (default: all) and what it needs, as far as sources changed since the last time. */
export function build(project = '.') {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-b', project], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc -b ${project} failed`);
}
