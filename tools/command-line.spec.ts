import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

const command = (name: string, ...args: readonly string[]) =>
  run(process.execPath, [join(import.meta.dirname, `${name}.mjs`), ...args], { timeout: 60_000 });

describe('a command of this project', () => {
  it.each(['keys', 'audit', 'train', 'import', 'what-if', 'simulate', 'drill', 'soak'])(
    'says how it is meant where it is asked for help: %s',
    async (name) => {
      const { stdout, stderr } = await command(name, '--help');
      expect(stdout).toMatch(new RegExp(`^usage: (npm run ${name} --|${name} \\[)`));
      expect(stderr).toBe('');
    },
    90_000,
  );

  it.each([
    ['soak', ['--minutes', 'many']],
    ['drill', ['--seeds', 'none']],
    ['simulate', ['--worlds', 'nowhere']],
  ] as const)(
    'refuses what it does not understand with how it is meant, and 2: %s %j',
    async (name, args) => {
      const refused = command(name, ...args);
      await expect(refused).rejects.toMatchObject({ code: 2, stdout: '' });
      await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining(`usage: ${name} `) });
    },
    90_000,
  );
});
