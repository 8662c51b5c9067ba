import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../../trainer/dist/main.js', import.meta.url));
/** Beside a database of its own, only signs of life are in it. */
const DATA_DIR = join(tmpdir(), 'smart-retry-trainers-under-test');
const START_TIMEOUT_MS = 60_000;

export interface RunningTrainer {
  readonly pid: number;
  /** Every line logged so far, parsed. */
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<number | null>;
  kill9(): Promise<void>;
}

/** Starts a trainer, built from this source, in a process of its own, and waits until it takes orders. */
export async function startTrainer(env: Readonly<Record<string, string>>): Promise<RunningTrainer> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('RETRY_'));
  const child: ChildProcess = spawn(process.execPath, [MAIN], {
    env: {
      ...Object.fromEntries(inherited),
      NODE_OPTIONS: '',
      RETRY_DATA_DIR: DATA_DIR,
      RETRY_TRAINER_LEASE: '2s',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const logs: Readonly<Record<string, unknown>>[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) logs.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
    child.emit('logged');
  });
  const exited = once(child, 'close').then(() => child.exitCode);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  while (!logs.some(({ msg }) => msg === 'the trainer is ready')) {
    const hasEnded = await Promise.race([
      once(child, 'logged', { signal: timeout }).then(() => false),
      exited.then(() => true),
    ]);
    if (hasEnded) throw new Error(`the trainer did not start: ${JSON.stringify(logs)}`);
  }
  return {
    pid: child.pid ?? 0,
    logs,
    stop: () => end('SIGTERM'),
    kill9: async () => {
      await end('SIGKILL');
    },
  };
}
