import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SmartRetryError } from '@smart-retry/domain';
import { hasCode } from './has-code.js';
import type { Layout } from './layout.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { runCommand } from './run-command.js';
import { asUnprivileged } from './unprivileged-command.js';

/** The superuser of the embedded server, and the database that it uses. */
export const EMBEDDED_USER = 'smart_retry';
export const EMBEDDED_DATABASE = 'postgres';

export interface ClusterOptions {
  readonly isDurable: boolean;
  /** Whether 127.0.0.1 is let in without a password. */
  readonly trustsLoopback: boolean;
}

/**
 * Makes Postgres' data folder unless it is there.
 *
 * @returns whether it was made now
 * @throws {INVALID_CONFIGURATION} when the folder is another major version's; the message says how to move its content.
 */
export async function prepareCluster(
  layout: Layout,
  binaries: PostgresBinaries,
  options: ClusterOptions,
): Promise<boolean> {
  const existing = await readMajorVersion(layout.clusterDir);
  if (existing === undefined) return createCluster(layout, binaries, options);
  if (existing !== binaries.majorVersion) throw otherMajorVersion(layout, existing, binaries.majorVersion);
  return false;
}

async function readMajorVersion(clusterDir: string): Promise<number | undefined> {
  try {
    return Number(await readFile(join(clusterDir, 'PG_VERSION'), 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function createCluster(layout: Layout, binaries: PostgresBinaries, options: ClusterOptions): Promise<boolean> {
  // Built aside and renamed: a start that is killed half-way, or that races another one, leaves no half-made folder.
  const draft = await mkdtemp(`${layout.clusterDir}-draft-`);
  try {
    const hosts = options.trustsLoopback ? 'trust' : 'reject';
    const flags = ['-U', EMBEDDED_USER, '-E', 'UTF8', '--locale=C.UTF-8', '--auth-local=trust', `--auth-host=${hosts}`];
    if (!options.isDurable) flags.push('--no-sync');
    await runCommand(await asUnprivileged([binaries.initdb, '-D', draft, ...flags]));
    await rename(draft, layout.clusterDir);
    return true;
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    if (hasCode(cause, 'ENOTEMPTY') || hasCode(cause, 'EEXIST')) return false;
    if (cause instanceof SmartRetryError) throw cause;
    throw new SmartRetryError('STORE_UNAVAILABLE', `the embedded Postgres could not create ${layout.clusterDir}`, {
      cause,
    });
  }
}

function otherMajorVersion(layout: Layout, found: number, expected: number): SmartRetryError {
  const { clusterDir, dataDir } = layout;
  const message = `${clusterDir} belongs to PostgreSQL ${found}; this version of Smart Retry brings PostgreSQL ${expected}.
To move its content:
  1. with the programs of PostgreSQL ${found}:
       pg_ctl -D ${clusterDir} -w -o "-k ${dataDir}" start
       pg_dump -h ${dataDir} -U ${EMBEDDED_USER} -Fc -f smart-retry.dump ${EMBEDDED_DATABASE}
       pg_ctl -D ${clusterDir} stop
  2. rename ${clusterDir}, start Smart Retry, which makes a new one, and load while no job reports:
       pg_restore -h ${layout.runDir} -U ${EMBEDDED_USER} -d ${EMBEDDED_DATABASE} --clean --if-exists smart-retry.dump`;
  return new SmartRetryError('INVALID_CONFIGURATION', message);
}
