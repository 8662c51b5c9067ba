import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the workspace. */
export const ROOT = join(import.meta.dirname, '..');

/**
 * Runs `npm ci` where what npm last installed is not what the lock asks for, so that every command works on a fresh clone.
 * Uses nothing but Node.js.
 */
export function bootstrap(root = ROOT) {
  if (isInstalled(root)) return;
  // Below npm its own path is known; that also finds it where npm is a .cmd file.
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('npm ci failed', { cause: error });
}

/**
 * Whether each package of the lock is installed in its version, apart from those for other platforms. What npm noted in the
 * root does not tell that a folder below `libs` or `apps` is gone, as after a copy of the root's alone.
 */
export function isInstalled(root) {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const installed = readPackages(installedPath);
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    const isSame = found.version === wanted.version && found.integrity === wanted.integrity;
    return isSame && existsSync(join(root, path));
  });
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}
