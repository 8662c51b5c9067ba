import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** What the server's programs see: no `PG*` variable of the caller may change what they do. */
export const POSTGRES_ENVIRONMENT: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LC_ALL: 'C' };

/** Runs a program to its end and answers what it wrote to stdout; rejects with its stderr in the message otherwise. */
export async function runCommand(command: readonly [string, ...string[]]): Promise<string> {
  const [program, ...args] = command;
  const { stdout } = await execFileAsync(program, args, { env: POSTGRES_ENVIRONMENT, cwd: '/' });
  return stdout;
}
