import { SmartRetryError, type ModelRegistry, type ModelVersion } from '@smart-retry/domain';
import { loadModel, type Sha256, type ScoringModel } from '@smart-retry/ml';
import { createExplainer } from '../models/explain-model.js';
import { NO_MODELS, type LoadedModel, type ServingModels } from '../models/serving-models.js';
import { OneAtATime } from './one-at-a-time.js';
import { repeat } from './repeat.js';

/** Why this process does not serve what was deployed. */
export interface ModelRefusal {
  readonly revision: number;
  readonly version: string;
  readonly reason: string;
}

export interface ModelServingOptions {
  readonly registry: Pick<ModelRegistry, 'find' | 'artifact' | 'revision' | 'deployment'>;
  readonly sha256: Sha256;
  readonly pollIntervalMs: number;
  readonly onError: (error: unknown) => void;
}

/** Times that a model is asked before it serves, so that the first decisions do not wait for the compiler. */
const WARM_UP_ROUNDS = 50;
const WARM_UP_DELAYS_MS = [100, 1_500, 8_000, 20_000, 40_000, 100_000, 400_000, 1_800_000];

/** What this process serves: follows the registry, and replaces everything at once when all of a move has been loaded. */
export class ModelServing {
  readonly #options: ModelServingOptions;
  readonly #turns = new OneAtATime();
  #models: ServingModels = NO_MODELS;
  #seenRevision = 0;
  #refusal: ModelRefusal | null = null;
  #stopPolling: (() => void) | undefined;

  constructor(options: ModelServingOptions) {
    this.#options = options;
  }

  /** What serves now. Reading is immediate. */
  current(): ServingModels {
    return this.#models;
  }

  /** Why the newest move is not served here; null where it is. */
  get refusal(): ModelRefusal | null {
    return this.#refusal;
  }

  /** Loads what is deployed if the registry answers, then follows it until `stop`. */
  async start(): Promise<void> {
    const { pollIntervalMs: intervalMs, onError } = this.#options;
    await this.refresh().catch(onError);
    this.#stopPolling = repeat(() => this.refresh(), { intervalMs, onError });
  }

  stop(): void {
    this.#stopPolling?.();
  }

  /**
   * Serves what was moved last, if that is not known yet. A model that is refused leaves everything as it was.
   * @throws {STORE_UNAVAILABLE}
   */
  refresh(): Promise<void> {
    return this.#turns.run(() => this.#refreshNow());
  }

  /**
   * Loads and checks a model, as serving it would.
   * @throws {MODEL_NOT_FOUND} @throws {MODEL_CORRUPT} @throws {MODEL_INCOMPATIBLE} @throws {STORE_UNAVAILABLE}
   */
  async load(version: string): Promise<LoadedModel> {
    const { registry } = this.#options;
    const description = await registry.find(version);
    const artifact = description === null ? null : await registry.artifact(version);
    if (description === null || artifact === null) {
      throw new SmartRetryError('MODEL_NOT_FOUND', `no model of version "${version}" is registered`);
    }
    return this.#check(description, artifact);
  }

  async #refreshNow(): Promise<void> {
    const { registry, onError } = this.#options;
    const revision = await registry.revision();
    if (revision === this.#seenRevision) return;
    // A store that was emptied under us serves nothing any more.
    const deployment = revision === 0 ? null : await registry.deployment(revision);
    const { champion = null, canary = null, shadow = null } = deployment?.rollout ?? {};
    const loaded = new Map<string, LoadedModel>();
    for (const version of new Set([champion, canary?.version, shadow])) {
      if (version == null) continue;
      try {
        loaded.set(version, this.#loadedAlready(version) ?? (await this.load(version)));
      } catch (error) {
        if (isPassing(error)) throw error;
        this.#refusal = { revision, version, reason: error instanceof SmartRetryError ? error.message : 'defect' };
        this.#seenRevision = revision;
        onError(error);
        return;
      }
    }
    const modelOf = (version: string | null) => (version === null ? null : (loaded.get(version) ?? null));
    const canaryModel = modelOf(canary?.version ?? null);
    this.#models = {
      revision,
      champion: modelOf(champion),
      canary: canary === null || canaryModel === null ? null : { model: canaryModel, percent: canary.percent },
      shadow: modelOf(shadow),
    };
    this.#refusal = null;
    this.#seenRevision = revision;
  }

  #loadedAlready(version: string): LoadedModel | undefined {
    const { champion, canary, shadow } = this.#models;
    return [champion, canary?.model, shadow].find((model) => model?.description.version === version) ?? undefined;
  }

  async #check(description: ModelVersion, artifact: Uint8Array): Promise<LoadedModel> {
    const { sha256 } = this.#options;
    const scoring = loadModel(artifact, { sha256, checksum: description.artifactSha256 });
    await warmUp(scoring);
    return { description, scoring, explain: createExplainer(scoring) };
  }
}

/** Asks the golden rows again and again, and lets requests through in between. */
async function warmUp(model: ScoringModel): Promise<void> {
  const chances = new Float64Array(WARM_UP_DELAYS_MS.length);
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const { context } of model.artifact.golden) model.scoreDelays(context, WARM_UP_DELAYS_MS, chances);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether the same may succeed later. */
function isPassing(error: unknown): boolean {
  return error instanceof SmartRetryError && error.kind === 'unavailable';
}
