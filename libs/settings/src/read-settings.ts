import type { FieldProblem } from '@smart-retry/domain';
import { SETTINGS, type Setting, type SettingName, type SettingValues } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;
export type JsonObject = Readonly<Record<string, unknown>>;

const CONTAINERS = new Set(
  Object.values<Setting<unknown>>(SETTINGS).flatMap(({ file }) => (file?.includes('.') ? [file.split('.')[0]] : [])),
);
const STRATEGY = 'strategy';

/** The settings that the file gives, by dotted path. `strategy` is one value: its own schema reads it. */
function flattenFile(file: JsonObject, problems: FieldProblem[]): ReadonlyMap<string, unknown> {
  const known = new Set(Object.values<Setting<unknown>>(SETTINGS).map((setting) => setting.file));
  const found = new Map<string, unknown>();
  const visit = (path: string, value: unknown) => {
    if (known.has(path)) found.set(path, value);
    else problems.push({ path, message: 'is not a setting' });
  };
  for (const [key, value] of Object.entries(file)) {
    if (key === STRATEGY) continue;
    if (!CONTAINERS.has(key)) visit(key, value);
    else if (isJsonObject(value)) Object.entries(value).forEach(([child, inner]) => visit(`${key}.${child}`, inner));
    else problems.push({ path: key, message: 'must be an object' });
  }
  return found;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads every setting: the environment before the file, the file before the default. Empty text is absent.
 * Problems name the variable or the file's path, never the value.
 */
export function readSettings(
  env: Environment,
  file: JsonObject,
): { readonly values: SettingValues; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const fromFile = flattenFile(file, problems);
  const read = <T>(setting: Setting<T>): T | undefined => {
    const given = (path: string, value: T | undefined): T | undefined => {
      if (value === undefined) problems.push({ path, message: `must be ${setting.type.expected}` });
      return value;
    };
    const text = setting.env === undefined ? undefined : env[setting.env]?.trim();
    const fromText = setting.env !== undefined && text ? given(setting.env, setting.type.fromText(text)) : undefined;
    const json = setting.file === undefined ? undefined : fromFile.get(setting.file);
    // Read even when the environment wins: a mistake in the file would only wait for the variable to go away.
    const fromJson =
      setting.file !== undefined && json !== undefined && json !== ''
        ? given(setting.file, setting.type.fromJson(json))
        : undefined;
    return fromText ?? fromJson ?? setting.fallback;
  };
  const names = Object.keys(SETTINGS) as SettingName[];
  const values = Object.fromEntries(names.map((name) => [name, read<unknown>(SETTINGS[name] as Setting<unknown>)]));
  return { values: values as SettingValues, problems };
}
