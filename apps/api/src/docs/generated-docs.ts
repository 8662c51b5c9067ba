import { renderSettings } from '@smart-retry/settings';
import { describeApi } from './describe-api.js';

/** Every document that is derived from code: its text by its path below the repository's root. */
export async function generateDocs(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/configuration.md', renderSettings()],
    ['docs/openapi.json', `${JSON.stringify(await describeApi(), null, 2)}\n`],
  ]);
}
