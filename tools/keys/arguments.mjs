import { parseArgs } from 'node:util';
import { KEY_SCOPES, parseDurationMs } from '../../libs/domain/dist/index.js';

export const USAGE = `usage:
  npm run keys -- create --name workers --scopes recommend,record [--tenant acme] [--expires-in 720h] [--requests-per-second 500]
  npm run keys -- list
  npm run keys -- rotate <selector> [--grace 24h]
  npm run keys -- revoke <selector>
scopes: ${KEY_SCOPES.join(', ')}; --json prints everything as JSON`;

const OPTIONS = {
  create: ['name', 'scopes', 'tenant', 'expires-in', 'requests-per-second'],
  list: [],
  rotate: ['grace'],
  revoke: [],
};

/** What to do, by the words of the command line. */
export function parseArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      scopes: { type: 'string' },
      tenant: { type: 'string' },
      'expires-in': { type: 'string' },
      'requests-per-second': { type: 'string' },
      grace: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [command, selector, ...rest] = positionals;
  const { json: isJson, ...options } = values;
  if (!Object.hasOwn(OPTIONS, command ?? '')) throw new Error(USAGE);
  const foreign = Object.keys(options).find((name) => !OPTIONS[command].includes(name));
  if (foreign !== undefined) throw new Error(`--${foreign} is not an option of ${command}\n${USAGE}`);
  const takesSelector = command === 'rotate' || command === 'revoke';
  if (rest.length > 0 || takesSelector !== (selector !== undefined)) throw new Error(USAGE);
  if (command === 'create') return { command, isJson, wanted: readWanted(options) };
  return { command, isJson, selector, grace: options.grace ?? null };
}

function readEnd(expiresIn) {
  try {
    return new Date(Date.now() + parseDurationMs(expiresIn)).toISOString();
  } catch (error) {
    throw new Error(`--expires-in ${error.message}`, { cause: error });
  }
}

/** The body that the route takes, which checks it. */
function readWanted({ name, scopes, tenant, ...options }) {
  if (name === undefined || scopes === undefined) throw new Error(`create takes --name and --scopes\n${USAGE}`);
  const perSecond = options['requests-per-second'];
  const expiresIn = options['expires-in'];
  return {
    name,
    scopes: scopes.split(','),
    ...(tenant !== undefined && { tenant }),
    ...(perSecond !== undefined && { requests_per_second: Number(perSecond) }),
    ...(expiresIn !== undefined && { expires_at: readEnd(expiresIn) }),
  };
}
