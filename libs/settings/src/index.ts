export { readConfigFile } from './read-config-file.js';
export { isJsonObject, readSettings } from './read-settings.js';
export type { Environment, JsonObject } from './read-settings.js';
export { renderSettings } from './render-settings.js';
export { SETTINGS } from './settings.js';
export type { Setting, SettingName, SettingValues } from './settings.js';
export type { SettingType } from './setting-type.js';
export { unknownVariables } from './unknown-variables.js';
