import type { Deployment, EpochMs, KeptResponse, ModelRegistry, ModelVersion } from '@smart-retry/domain';
import { modelMoveEvent } from '../configuration-event.js';
import { modelExists, movedMeanwhile } from '../model-failures.js';
import type { MemoryChangeLedger } from './memory-change-ledger.js';
import type { MemoryConfigurationStore } from './memory-configuration-store.js';
import type { MemoryKeptResponses } from './memory-kept-responses.js';

interface RegisteredModel {
  readonly model: ModelVersion;
  readonly artifact: Uint8Array;
}

/** Models and their moves in this process. */
export class MemoryModelRegistry implements ModelRegistry {
  readonly #configuration: MemoryConfigurationStore;
  readonly #keptResponses: MemoryKeptResponses;
  readonly #ledger: MemoryChangeLedger;
  readonly #models = new Map<string, RegisteredModel>();
  /** Entry i has revision i + 1. */
  readonly #deployments: Deployment[] = [];

  constructor(configuration: MemoryConfigurationStore, keptResponses: MemoryKeptResponses, ledger: MemoryChangeLedger) {
    this.#configuration = configuration;
    this.#keptResponses = keptResponses;
    this.#ledger = ledger;
  }

  async register(model: ModelVersion, artifact: Uint8Array): Promise<void> {
    if (this.#models.has(model.version)) throw modelExists(model.version);
    this.#models.set(model.version, { model, artifact: artifact.slice() });
  }

  async find(version: string): Promise<ModelVersion | null> {
    return this.#models.get(version)?.model ?? null;
  }

  async artifact(version: string): Promise<Uint8Array | null> {
    return this.#models.get(version)?.artifact.slice() ?? null;
  }

  async list(page: {
    readonly limit: number;
    readonly after?: Pick<ModelVersion, 'trainedAtMs' | 'version'>;
  }): Promise<readonly ModelVersion[]> {
    const { limit, after } = page;
    return [...this.#models.values()]
      .map(({ model }) => model)
      .filter((model) => after === undefined || compareLatestFirst(after, model) < 0)
      .sort(compareLatestFirst)
      .slice(0, limit);
  }

  async revision(): Promise<number> {
    return this.#deployments.length;
  }

  async move(deployment: Deployment, keep?: KeptResponse): Promise<void> {
    if (keep !== undefined) this.#keptResponses.assertFree(keep);
    if (deployment.revision !== this.#deployments.length + 1) throw movedMeanwhile(deployment.revision);
    this.#deployments.push(deployment);
    this.#configuration.note({
      action: `model.${deployment.action}`,
      target: deployment.version,
      changedBy: deployment.actor,
      changedAtMs: deployment.atMs,
    });
    this.#ledger.enter(modelMoveEvent(deployment));
    if (keep !== undefined) this.#keptResponses.keep(keep);
  }

  async deployment(revision: number): Promise<Deployment | null> {
    return this.#deployments[revision - 1] ?? null;
  }

  async deployments(page: {
    readonly limit: number;
    readonly beforeRevision?: number;
    readonly untilMs?: EpochMs;
  }): Promise<readonly Deployment[]> {
    const { limit, beforeRevision = Number.POSITIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = page;
    return this.#deployments
      .filter(({ revision, atMs }) => revision < beforeRevision && atMs <= untilMs)
      .reverse()
      .slice(0, limit);
  }
}

type Place = Pick<ModelVersion, 'trainedAtMs' | 'version'>;

function compareLatestFirst(a: Place, b: Place): number {
  if (a.trainedAtMs !== b.trainedAtMs) return b.trainedAtMs - a.trainedAtMs;
  return a.version < b.version ? 1 : a.version > b.version ? -1 : 0;
}
