import { join } from 'node:path';
import { startGuard } from './guard.js';
import { chooseSocketDir, createLayout } from './layout.js';
import { createLeasePipe } from './lease.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { discardForeignLocks } from './postmaster.js';
import { EMBEDDED_DATABASE, EMBEDDED_USER, prepareCluster } from './prepare-cluster.js';
import { serverCommand } from './server-command.js';
import { joinServer, leaveServer } from './server-share.js';
import { asUnprivileged } from './unprivileged-command.js';

export interface EmbeddedPostgresOptions {
  /** The folder that holds the data, made when it is missing. */
  readonly dataDir: string;
  /** Told, in a sentence, of what an operator may want to know. */
  readonly log?: (message: string) => void;
  /** Whether a commit survives the loss of power; default true. Only tests give this up. */
  readonly isDurable?: boolean;
  /** Serves this port of 127.0.0.1 as well, to everybody on this machine, without a password: for tests. */
  readonly loopbackPort?: number;
  /** The folder of another installation's programs; default those that npm installed. */
  readonly binDir?: string;
}

/** A share in a running server. */
export interface EmbeddedPostgres {
  /** `postgres://…` of its superuser; by a Unix socket that only this user can reach, unless `loopbackPort` is given. */
  readonly url: string;
  /** Gives the share back. The last share's end stops the server, and is awaited. */
  stop(): Promise<void>;
}

const SOCKET_PORT = 5432;

/**
 * Runs the Postgres that npm installed on `dataDir`, or joins the one that another process runs there. It stops when the
 * last process that shares it stops or dies, in whatever way. A server whose guard was killed is stopped and replaced.
 *
 * @throws {INVALID_CONFIGURATION} when it can never run here: platform, root without user namespaces, another version's folder.
 * @throws {STORE_UNAVAILABLE} when it did not start; the cause holds the end of its log.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log = () => {}, isDurable = true, loopbackPort, binDir } = options;
  const binaries = await findPostgresBinaries(binDir);
  const layout = await createLayout(dataDir);
  const listensOnLoopback = loopbackPort !== undefined;
  const isNew = await prepareCluster(layout, binaries, { isDurable, trustsLoopback: listensOnLoopback });
  if (isNew) log(`created the embedded PostgreSQL ${binaries.majorVersion} in ${layout.clusterDir}`);
  await createLeasePipe(layout.leasePath);

  const port = loopbackPort ?? SOCKET_PORT;
  const share = await joinServer(layout, log, async () => {
    const socketDir = await chooseSocketDir(layout, port);
    await discardForeignLocks(layout.clusterDir, join(socketDir, `.s.PGSQL.${port}.lock`));
    const settings = { clusterDir: layout.clusterDir, socketDir, port, listensOnLoopback, isDurable };
    return startGuard(layout, await asUnprivileged(serverCommand(binaries.postgres, settings)));
  });
  const address = listensOnLoopback
    ? `127.0.0.1:${share.postmaster.port}/${EMBEDDED_DATABASE}`
    : `localhost:${share.postmaster.port}/${EMBEDDED_DATABASE}?host=${encodeURIComponent(share.postmaster.socketDir)}`;
  return { url: `postgres://${EMBEDDED_USER}@${address}`, stop: once(() => leaveServer(layout, share)) };
}

function once(effect: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= effect());
}
