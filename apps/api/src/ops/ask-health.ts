import { isIPv6 } from 'node:net';
import { readConfigFile, readSettings, type Environment, type SettingValues } from '@smart-retry/settings';

/** Addresses that listen everywhere, and one at which each is reached from this machine. */
const REACHED_AT: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where a server with these settings says whether it is alive. */
export function healthUrlOf({ host, port, path }: Pick<SettingValues, 'host' | 'port' | 'path'>): string {
  const address = REACHED_AT[host] ?? host;
  const basePath = path === '/' ? '' : path;
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}${basePath}/health`;
}

/** Asks the server that was started with this environment and its file whether it is alive; false when nobody answers. */
export async function askHealth(env: Environment): Promise<boolean> {
  const { file, problems } = await readConfigFile(env);
  const settings = readSettings(env, file);
  if (problems.length > 0 || settings.problems.length > 0) return false;
  return fetch(healthUrlOf(settings.values)).then(
    ({ ok }) => ok,
    () => false,
  );
}
