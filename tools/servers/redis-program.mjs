import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

const INSTALL_HINT = 'no redis-server: install it (Debian: apt-get install redis-server; macOS: brew install redis)';

/**
 * Finds `redis-server`: named by TEST_REDIS_SERVER_BIN, on the PATH, or unpacked from Debian's packages into `.cache/redis`,
 * which needs neither root nor an installation.
 *
 * @returns {{ path: string, libraryPath: string | undefined }} the program, and the LD_LIBRARY_PATH that it needs
 */
export function findRedisProgram() {
  const named = process.env.TEST_REDIS_SERVER_BIN;
  if (named) return { path: named, libraryPath: process.env.TEST_REDIS_LD_LIBRARY_PATH || undefined };
  const installed = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'redis-server'));
  const path = installed.find(isExecutable);
  return path === undefined ? findUnpackedProgram() : { path, libraryPath: undefined };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findUnpackedProgram() {
  const folder = join(ROOT, '.cache', 'redis');
  if (!existsSync(folder)) unpack(folder);
  const libraries = join(folder, 'usr', 'lib');
  const libraryPath = readdirSync(libraries)
    .filter((name) => name.includes('-linux-gnu'))
    .map((name) => join(libraries, name))
    .join(delimiter);
  return { path: join(folder, 'usr', 'bin', 'redis-server'), libraryPath };
}

function unpack(folder) {
  mkdirSync(join(folder, '..'), { recursive: true });
  // Unpacked aside and renamed, so that a run that is killed half-way leaves nothing that looks complete.
  const draft = mkdtempSync(`${folder}-`);
  try {
    const tree = join(draft, 'tree');
    for (const name of downloadPackages(draft)) execFileSync('dpkg', ['-x', join(draft, name), tree]);
    renameSync(tree, folder);
  } catch (cause) {
    throw new Error(INSTALL_HINT, { cause });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Downloads redis-server and whatever it needs that this machine lacks; answers the file names. */
function downloadPackages(folder) {
  // Lists of our own: the machine's are often empty in containers, and only root may renew them.
  const state = join(folder, 'apt');
  mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(state, 'archives', 'partial'), { recursive: true });
  const options = [
    `Dir::State::Lists=${join(state, 'lists')}`,
    `Dir::Cache=${state}`,
    'Debug::NoLocking=true',
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  const apt = (...args) =>
    execFileSync('apt-get', [...options, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

  apt('update');
  const plan = apt('install', '--simulate', '--no-install-recommends', 'redis-server');
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  apt('download', ...names);
  return readdirSync(folder).filter((name) => name.endsWith('.deb'));
}
