import { describe, expect, it } from '@jest/globals';
import { runKeys } from './run.mjs';

const refuse = async (...args: string[]) => {
  const [printed, noted]: [string[], string[]] = [[], []];
  const effects = { print: (line: string) => printed.push(line), note: (line: string) => noted.push(line) };
  const exitCode = await runKeys(args, { RETRY_DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' }, effects);
  return { exitCode, printed, noted: noted.join('\n') };
};

describe('npm run keys', () => {
  it.each([
    [[], /usage/],
    [['mint'], /usage/],
    [['revoke'], /usage/],
    [['list', 'one'], /usage/],
    [['list', '--name', 'x'], /--name is not an option of list/],
    [['create', '--name', 'x'], /--scopes/],
    [['create', '--name', 'x', '--scopes', 'everything'], /scopes/],
    [['create', '--name', 'x', '--scopes', 'operate', '--tenant', 'acme'], /bound to a tenant/],
    // A variable that is not set must not make a key for everybody.
    [['create', '--name', 'x', '--scopes', 'read', '--tenant', ''], /tenant/],
    [['create', '--name', 'x', '--scopes', 'read', '--expires-in', 'soon'], /^--expires-in .*duration/],
    [['create', '--name', 'x', '--scopes', 'read', '--requests-per-second', 'many'], /requests_per_second/],
    [['rotate', 'x', '--grace', '-1h'], /grace|usage|duration/],
    [['create', '--name', 'x', '--scopes', 'read'], /database does not answer/],
  ])('%j is refused with the reason, and prints no key', async (args, reason) => {
    expect(await refuse(...args)).toEqual({ exitCode: 1, printed: [], noted: expect.stringMatching(reason) });
  });
});
