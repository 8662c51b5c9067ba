import { parseArgs } from 'node:util';

const DEFAULT_URL = 'http://127.0.0.1:8080';
const BASE_PATH = '/api/v1/retry';

export function parseArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { url: { type: 'string', default: DEFAULT_URL } },
  });
  if (positionals.length !== 1) throw new Error('name one file of attempts, or - for standard input');
  if (!URL.canParse(values.url)) throw new Error(`--url ${values.url}: wanted an address such as ${DEFAULT_URL}`);
  return { file: positionals[0], url: batchUrl(new URL(values.url)) };
}

/** A path is the API's own base path; without one it is the default. */
function batchUrl({ origin, pathname }) {
  const basePath = pathname === '/' ? BASE_PATH : pathname.replace(/\/$/, '');
  return `${origin}${basePath}/attempt/batch`;
}
