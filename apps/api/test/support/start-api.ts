import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const MAX_STDERR_CHARS = 4_000;

export interface StartApiOptions {
  /** Added to the environment; nothing else of this process' `RETRY_*` variables gets through. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kept when given, so that a second start finds the data of the first; else a fresh folder, removed at the end. */
  readonly dataDir?: string;
}

/** A running API, built from this source, in a process of its own. */
export interface RunningApi {
  /** With the base path, without a slash at the end. */
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Every line logged so far, parsed. */
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  /** Asks it to end, and answers its exit code; null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Kills it without a warning. */
  kill9(): Promise<void>;
}

/** How a start that was refused ended. */
export interface RefusedStart {
  readonly exitCode: number | null;
  readonly logs: readonly Readonly<Record<string, unknown>>[];
}

interface Started {
  readonly child: ChildProcess;
  readonly logs: Readonly<Record<string, unknown>>[];
  /** The end of what it wrote to stderr: why a start failed before there was a logger. */
  readonly readStderr: () => string;
  readonly exited: Promise<number | null>;
  readonly dataDir: string;
  readonly removeData: () => Promise<void>;
}

/** Starts the API on a free port and waits until it listens. Rejects when it ends instead. */
export async function startApi(options: StartApiOptions = {}): Promise<RunningApi> {
  const started = await launch(options);
  const { child, logs, exited, dataDir, removeData } = started;
  const baseUrl = await untilListening(started);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const exitCode = await exited;
    await removeData();
    return exitCode;
  };
  return {
    baseUrl,
    dataDir,
    pid: child.pid ?? 0,
    logs,
    stop: (signal = 'SIGTERM') => end(signal),
    kill9: async () => {
      await end('SIGKILL');
    },
  };
}

/** Starts the API where it must not start, and waits for its end. Rejects when it listens after all. */
export async function startApiInVain(options: StartApiOptions = {}): Promise<RefusedStart> {
  const started = await launch(options);
  const { child, exited, logs, removeData } = started;
  const hasStarted = await untilListening(started).then(
    () => true,
    () => false,
  );
  // Not left behind: a test that fails would leave a server running.
  if (hasStarted) child.kill();
  const exitCode = await exited;
  await removeData();
  if (hasStarted) throw new Error('the API started, where it must not');
  return { exitCode, logs };
}

async function launch({ env = {}, dataDir: givenDir }: StartApiOptions): Promise<Started> {
  const dataDir = givenDir ?? (await mkdtemp(join(tmpdir(), 'smart-retry-api-')));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('RETRY_'));
  const child = spawn(process.execPath, [MAIN], {
    cwd: dataDir,
    env: { ...Object.fromEntries(inherited), RETRY_PORT: '0', RETRY_DATA_DIR: dataDir, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-MAX_STDERR_CHARS);
  });
  const logs: Readonly<Record<string, unknown>>[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) logs.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
    child.emit('logged');
  });
  // `close`, not `exit`: then every line has been read.
  const exited = once(child, 'close').then(() => child.exitCode);
  const removeData = () =>
    givenDir === undefined
      ? rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
      : Promise.resolve();
  return { child, logs, readStderr: () => stderr, exited, dataDir, removeData };
}

async function untilListening({ child, logs, readStderr, exited }: Started): Promise<string> {
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  for (;;) {
    const ready = logs.find((line) => typeof line['url'] === 'string' && typeof line['example'] === 'string');
    if (ready !== undefined) return String(ready['url']);
    const hasEnded = await Promise.race([
      once(child, 'logged', { signal: timeout }).then(() => false),
      exited.then(() => true),
    ]);
    if (hasEnded) {
      const end = child.signalCode ?? child.exitCode;
      throw new Error(`the API did not start (${end}): ${JSON.stringify(logs)}\n${readStderr()}`);
    }
  }
}
