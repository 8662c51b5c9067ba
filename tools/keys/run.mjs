import { userInfo } from 'node:os';
import { loadConfig } from '../../apps/api/dist/config.js';
import { compileSchema } from '../../apps/api/dist/http/compile-schema.js';
import { KeyAdministration } from '../../apps/api/dist/keys/key-administration.js';
import {
  fromApiKey,
  fromIssuedKey,
  NewKeyBody,
  RotationBody,
  toGraceMs,
  toWantedKey,
} from '../../apps/api/dist/keys/key.dto.js';
import { openKeyStore } from './open-key-store.mjs';
import { parseArguments } from './arguments.mjs';
import { describeEnd, describeIssued, describeList } from './report.mjs';

const checkWanted = compileSchema(NewKeyBody);
const checkRotation = compileSchema(RotationBody);

/** Whoever is logged in; in a container there may be no name for it. */
function osUser() {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

/** Answers the exit code. A new key's text alone goes to `print`, everything about it to `note`. */
export async function runKeys(args, env, { print = console.log, note = console.error } = {}) {
  try {
    const asked = parseArguments(args);
    const loaded = await loadConfig(env);
    if ('problems' in loaded)
      throw new Error(loaded.problems.map(({ path, message }) => `${path} ${message}`).join('\n'));
    const store = await openKeyStore(loaded.config);
    try {
      await answer(asked, new KeyAdministration({ ...store, clock: Date.now }), { print, note });
      return 0;
    } finally {
      await store.close();
    }
  } catch (error) {
    note(error.message);
    return 1;
  }
}

async function answer(asked, keys, { print, note }) {
  const actor = `cli:${osUser()}`;
  const show = (body, describe) => print(asked.isJson ? JSON.stringify(body, null, 2) : describe(body));
  const showIssued = ({ replaced = null, ...issued }) => {
    const body = fromIssuedKey(issued, replaced, Date.now());
    if (asked.isJson) return print(JSON.stringify(body, null, 2));
    note(describeIssued(body));
    print(body.secret);
  };
  if (asked.command === 'create') showIssued(await keys.create(toWantedKey(checkWanted(asked.wanted)), actor));
  else if (asked.command === 'rotate') {
    const graceMs = toGraceMs(checkRotation({ grace: asked.grace }));
    showIssued(await keys.rotate(asked.selector, graceMs, actor));
  } else if (asked.command === 'revoke')
    show(fromApiKey(await keys.revoke(asked.selector, actor), Date.now()), describeEnd);
  else
    show(
      (await keys.list()).map((key) => fromApiKey(key, Date.now())),
      describeList,
    );
}
