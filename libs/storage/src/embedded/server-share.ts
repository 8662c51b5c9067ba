import { readFile, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SmartRetryError } from '@smart-retry/domain';
import { hurrySlowStops } from './hurry-slow-stops.js';
import type { Layout } from './layout.js';
import { isLeased, openLease, type Lease } from './lease.js';
import { findPostmaster, stopFast, type Postmaster } from './postmaster.js';

/** One process's part in a running server, which lives as long as any part is held. */
export interface ServerShare {
  readonly lease: Lease;
  readonly postmaster: Postmaster;
  readonly endHurry: () => void;
}

const POLL_MS = 10;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
const RESTART_PAUSE_MS = 200;
const MAX_STARTS = 5;

/**
 * Takes a share in the server on the folder; `start` begins one, with its first lease, when none runs.
 *
 * @throws {STORE_UNAVAILABLE} when none became ready; the cause holds the end of its log.
 */
export async function joinServer(
  layout: Layout,
  log: (message: string) => void,
  start: () => Promise<Lease>,
): Promise<ServerShare> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  let lease: Lease | undefined;
  let starts = 0;
  while (Date.now() < deadlineMs) {
    // In this order: a guard reads the pipe before its server runs, so a server seen here without a reader there is alone.
    const postmaster = await findPostmaster(layout.clusterDir);
    lease = renewLease(layout, lease);
    if (lease !== undefined && postmaster?.isReady === true) {
      await writeFile(layout.inUsePath, '');
      return { lease, postmaster, endHurry: hurrySlowStops(layout) };
    }
    if (lease === undefined && postmaster !== undefined) {
      log(`stopping the PostgreSQL ${postmaster.pid} on ${layout.clusterDir}, whose guard is gone`);
      await stopPostmaster(layout, postmaster);
    } else if (lease === undefined) {
      if (starts > 0) await sleep(RESTART_PAUSE_MS);
      if (starts === MAX_STARTS) break;
      starts += 1;
      lease = await start();
    }
    await sleep(POLL_MS);
  }
  lease?.close();
  throw await startFailure(layout);
}

/** Exchanges a lease for a fresh one; undefined when the guard behind it is gone. */
function renewLease(layout: Layout, held: Lease | undefined): Lease | undefined {
  const renewed = openLease(layout.leasePath);
  held?.close();
  return renewed;
}

/**
 * Gives a share back; waits for the server's end when it was the last one.
 *
 * @throws {STORE_UNAVAILABLE} when the server does not stop within a minute.
 */
export async function leaveServer(layout: Layout, { lease, postmaster, endHurry }: ServerShare): Promise<void> {
  endHurry();
  lease.close();
  if (isLeased(layout.leasePath)) return;
  await waitUntilStopped(layout, postmaster);
  if (postmaster.socketDir !== layout.runDir) await rmdir(postmaster.socketDir).catch(() => {});
}

async function stopPostmaster(layout: Layout, postmaster: Postmaster): Promise<void> {
  stopFast(postmaster);
  await waitUntilStopped(layout, postmaster);
}

async function waitUntilStopped(layout: Layout, postmaster: Postmaster): Promise<void> {
  const deadlineMs = Date.now() + STOP_TIMEOUT_MS;
  while ((await findPostmaster(layout.clusterDir)) !== undefined) {
    if (isLeased(layout.leasePath)) return;
    if (Date.now() >= deadlineMs)
      throw new SmartRetryError('STORE_UNAVAILABLE', `the PostgreSQL ${postmaster.pid} does not stop`);
    await sleep(POLL_MS);
  }
}

async function startFailure(layout: Layout): Promise<SmartRetryError> {
  const log = await readFile(layout.logPath, 'utf8').catch(() => '');
  const lastLines = log.trimEnd().split('\n').slice(-10).join('\n');
  return new SmartRetryError('STORE_UNAVAILABLE', `the embedded Postgres did not start: see ${layout.logPath}`, {
    cause: new Error(lastLines),
  });
}
