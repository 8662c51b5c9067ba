import { parseArgs } from 'node:util';
import { openConfiguredPostgres } from '../servers/configured-postgres.mjs';

const HASH = /^[0-9a-f]{64}$/;

/**
 * Answers the exit code: 0 when the ledger is intact, 1 when it is not, 2 when that could not be found out.
 *
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, print?: (line: string) => void, complain?: (line: string) => void }} [effects]
 */
export async function runAudit(args, { env = process.env, print = console.log, complain = console.error } = {}) {
  try {
    const known = parseArguments(args);
    const postgres = await openConfiguredPostgres(env);
    try {
      return report(await postgres.stores.ledger.verify(known), { print, complain });
    } finally {
      await postgres.close();
    }
  } catch (error) {
    complain(error.message);
    return 2;
  }
}

function parseArguments(args) {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { known: { type: 'string' } } });
  if (positionals.length !== 1 || positionals[0] !== 'verify') throw new Error('usage: audit verify [--known HASH]');
  if (values.known === undefined) return undefined;
  if (!HASH.test(values.known)) throw new Error('--known wants the hash of an entry: 64 hexadecimal digits');
  return { hash: values.known };
}

function report({ intactEntries, headHash, problem }, { print, complain }) {
  if (problem === null && intactEntries === 0) {
    complain('there are no entries: is this the database that is meant?');
    return 2;
  }
  if (problem === null) {
    print(`intact: ${intactEntries} entries, the last one ${headHash}`);
    return 0;
  }
  print(`BROKEN: ${problem}; ${intactEntries} entries before it are intact, the last of them ${headHash}`);
  return 1;
}
