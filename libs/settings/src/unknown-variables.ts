import { CONFIG_FILE_VARIABLE } from './read-config-file.js';
import type { Environment } from './read-settings.js';
import { SETTINGS, type Setting } from './settings.js';

const PREFIX = 'RETRY_';

/**
 * Variables that are named as settings are, and are none: most likely misspelt. Unlike a file, an environment is not written for
 * this service alone (Kubernetes adds variables named after services to it), so that they are no reason to refuse a start.
 */
export function unknownVariables(env: Environment): readonly string[] {
  const settings = Object.values<Setting<unknown>>(SETTINGS).map((setting) => setting.env);
  const known = new Set([CONFIG_FILE_VARIABLE, ...settings]);
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.has(name));
}
