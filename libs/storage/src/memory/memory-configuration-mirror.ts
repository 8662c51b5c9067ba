import type {
  Clock,
  ConfigurationMirror,
  KnownRevision,
  MirroredConfiguration,
  StoredConfiguration,
} from '@smart-retry/domain';
import { CONFIRMATION_HOLDS_MS } from '../configuration-copy.js';

interface Copy {
  readonly configuration: StoredConfiguration;
  readonly confirmedAtMs: number;
}

/** The copies of this process, which its engines may share. */
export class MemoryConfigurationMirror implements ConfigurationMirror {
  readonly #copies = new Map<string, Copy>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async confirm(lineage: string, configuration: StoredConfiguration): Promise<void> {
    const copy = this.#copies.get(lineage);
    const nowMs = this.#clock();
    const isNewer = copy !== undefined && copy.configuration.revision > configuration.revision;
    if (isNewer && nowMs - copy.confirmedAtMs < CONFIRMATION_HOLDS_MS) return;
    this.#copies.set(lineage, { configuration, confirmedAtMs: nowMs });
  }

  async look(lineage: string, known: KnownRevision): Promise<MirroredConfiguration | null> {
    const copy = this.#copies.get(lineage);
    if (copy === undefined) return null;
    const { configuration, confirmedAtMs } = copy;
    const isKnown = configuration.revision === known.revision && configuration.changedAtMs === known.changedAtMs;
    return {
      confirmedAgoMs: Math.max(0, this.#clock() - confirmedAtMs),
      configuration: isKnown ? null : configuration,
    };
  }
}
