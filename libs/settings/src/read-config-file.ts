import { readFile } from 'node:fs/promises';
import type { FieldProblem } from '@smart-retry/domain';
import { isJsonObject, type Environment, type JsonObject } from './read-settings.js';

export const CONFIG_FILE_VARIABLE = 'RETRY_CONFIG';

/** The file that `RETRY_CONFIG` names; empty when it names none. */
export async function readConfigFile(
  env: Environment,
): Promise<{ readonly file: JsonObject; readonly problems: readonly FieldProblem[] }> {
  const path = env[CONFIG_FILE_VARIABLE];
  const problem = (message: string) => ({ file: {}, problems: [{ path: CONFIG_FILE_VARIABLE, message }] });
  if (path === undefined || path === '') return { file: {}, problems: [] };
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return problem('names a file that cannot be read');
  try {
    const file: unknown = JSON.parse(text);
    return isJsonObject(file) ? { file, problems: [] } : problem('names a file that holds no JSON object');
  } catch {
    return problem('names a file that is not valid JSON');
  }
}
