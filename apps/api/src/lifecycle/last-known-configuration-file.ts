import { readFile } from 'node:fs/promises';
import { DEFAULT_STRATEGY, type StoredConfiguration } from '@smart-retry/domain';
import type { LastKnownConfiguration } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { compileSchema } from '../http/compile-schema.js';
import { replaceFile } from './replace-file.js';
import { fromStrategy, StrategyBody, toStrategy } from '../strategy/strategy.dto.js';

const Saved = Type.Object({
  revision: Type.Integer({ minimum: 1 }),
  changed_at_ms: Type.Number(),
  changed_by: Type.String(),
  strategy: StrategyBody,
});
const checkSaved = compileSchema<Static<typeof Saved>>(Saved);

/** A copy of the configuration in a file, in the spelling of the wire, for a start without the store. */
export class LastKnownConfigurationFile implements LastKnownConfiguration {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async load(): Promise<StoredConfiguration | null> {
    try {
      const saved = checkSaved(JSON.parse(await readFile(this.#path, 'utf8')));
      return {
        revision: saved.revision,
        changedAtMs: saved.changed_at_ms,
        changedBy: saved.changed_by,
        strategy: toStrategy(saved.strategy, DEFAULT_STRATEGY),
      };
    } catch {
      // Missing, half written or of another version: the declared strategy serves instead.
      return null;
    }
  }

  async save({ revision, changedAtMs, changedBy, strategy }: StoredConfiguration): Promise<void> {
    const saved = { revision, changed_at_ms: changedAtMs, changed_by: changedBy, strategy: fromStrategy(strategy) };
    await replaceFile(this.#path, JSON.stringify(saved));
  }
}
