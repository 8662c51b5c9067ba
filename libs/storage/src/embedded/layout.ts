import { chmod, mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the embedded Postgres keeps its things; every path is absolute. */
export interface Layout {
  readonly dataDir: string;
  /** Postgres' own data folder. */
  readonly clusterDir: string;
  /** Log, lease and, where the path is short enough, socket; only its owner may enter. */
  readonly runDir: string;
  readonly logPath: string;
  readonly leasePath: string;
  /** There while the server is in use. */
  readonly inUsePath: string;
}

/** The bytes that the kernel leaves for the path of a Unix socket: 108 on Linux, 104 on macOS, both with a closing zero. */
const MAX_SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

/** Creates the folders around the cluster, closed to everybody else. */
export async function createLayout(dataDir: string): Promise<Layout> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // One spelling for all: a running server is recognised by the path that it was started with.
  const absolute = await realpath(dataDir);
  const runDir = join(absolute, 'postgres-run');
  await mkdir(runDir, { recursive: true });
  await chmod(runDir, 0o700);
  return {
    dataDir: absolute,
    clusterDir: join(absolute, 'postgres'),
    runDir,
    logPath: join(runDir, 'log'),
    leasePath: join(runDir, 'lease'),
    inUsePath: join(runDir, 'in-use'),
  };
}

/** The folder for the server's socket on `port`: the run folder, or a fresh private one where that path is too long. */
export async function chooseSocketDir(layout: Layout, port: number): Promise<string> {
  const fits = Buffer.byteLength(join(layout.runDir, `.s.PGSQL.${port}`)) <= MAX_SOCKET_PATH_BYTES;
  return fits ? layout.runDir : mkdtemp(join(tmpdir(), 'smart-retry-'));
}
