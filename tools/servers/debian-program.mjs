import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

/**
 * Finds a program on the PATH, or unpacks Debian's package of it into `.cache/<packageName>`, which needs neither root nor
 * an installation.
 *
 * @param {{ name: string, packageName: string, needsNothing?: boolean }} program `needsNothing`: of what its package asks for it uses nothing
 * @returns {{ path: string, libraryPath: string | undefined }} the program, and the LD_LIBRARY_PATH that it needs
 * @throws where neither is possible, with the one line to install it
 */
export function findDebianProgram({ name, packageName, needsNothing = false }) {
  const installed = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  const path = installed.find(isExecutable);
  return path === undefined ? findUnpacked({ name, packageName, needsNothing }) : { path, libraryPath: undefined };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findUnpacked({ name, packageName, needsNothing }) {
  const folder = join(ROOT, '.cache', packageName);
  if (!existsSync(folder)) unpack(packageName, folder, { needsNothing });
  const libraries = join(folder, 'usr', 'lib');
  const libraryFolders = existsSync(libraries) ? readdirSync(libraries) : [];
  const libraryPath = libraryFolders
    .filter((entry) => entry.includes('-linux-gnu'))
    .map((entry) => join(libraries, entry))
    .join(delimiter);
  return { path: join(folder, 'usr', 'bin', name), libraryPath: libraryPath || undefined };
}

function unpack(packageName, folder, { needsNothing }) {
  mkdirSync(join(folder, '..'), { recursive: true });
  // Unpacked aside and renamed, so that a run that is killed half-way leaves nothing that looks complete.
  const draft = mkdtempSync(`${folder}-`);
  try {
    const tree = join(draft, 'tree');
    for (const name of downloadPackages(packageName, draft, { needsNothing })) {
      execFileSync('dpkg', ['-x', join(draft, name), tree]);
    }
    renameSync(tree, folder);
  } catch (cause) {
    const hint = `install it (Debian: apt-get install ${packageName})`;
    throw new Error(`${packageName} is not here and could not be unpacked: ${hint}`, { cause });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Downloads the package and, unless told otherwise, whatever it needs that this machine lacks; answers the file names. */
function downloadPackages(packageName, folder, { needsNothing }) {
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
  apt('download', ...(needsNothing ? [packageName] : namesToInstall(apt, packageName)));
  return readdirSync(folder).filter((name) => name.endsWith('.deb'));
}

function namesToInstall(apt, packageName) {
  const plan = apt('install', '--simulate', '--no-install-recommends', packageName);
  return [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
}
