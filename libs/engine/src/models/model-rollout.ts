import {
  SmartRetryError,
  type Clock,
  type ConfigurationChannel,
  type Deployment,
  type ModelRegistry,
} from '@smart-retry/domain';
import { hasSkill } from '@smart-retry/ml';
import type { ModelServing } from '../background/model-serving.js';
import type { Configuration } from '../configuration.js';
import { ModelMoves, type ModelMove } from './model-moves.js';
import { deployMove, rollbackMove, shadowMove } from './rollout-moves.js';

export interface ModelShare {
  readonly version: string;
  /** Of the jobs, 0–100. */
  readonly percent: number;
  /** Deploys a model without skill as well. */
  readonly isForced?: boolean;
}

export interface ModelRolloutOptions {
  readonly registry: ModelRegistry;
  readonly serving: Pick<ModelServing, 'load' | 'refresh'>;
  readonly configuration: Pick<Configuration, 'refresh' | 'current'>;
  readonly channel?: ConfigurationChannel;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Moves models: what is answered is stored, serves in this process, and is on its way to the others. */
export class ModelRollout {
  readonly #options: ModelRolloutOptions;
  readonly #moves: ModelMoves;

  constructor(options: ModelRolloutOptions) {
    this.#options = options;
    this.#moves = new ModelMoves(options);
  }

  /**
   * Gives a registered model a share of the jobs, once it has been loaded and checked here.
   * @throws {MODEL_NOT_FOUND} @throws {PROMOTION_REFUSED} @throws {MODEL_CORRUPT} @throws {MODEL_INCOMPATIBLE}
   * @throws {STORE_UNAVAILABLE}
   */
  async deploy(share: ModelShare, move: ModelMove): Promise<Deployment> {
    await this.#check(share);
    return this.#announced(await this.#moves.add(move, (history, note) => deployMove(history, share, note)));
  }

  /** Lets a model answer in the shadow; null ends that. @throws as `deploy`, but for {PROMOTION_REFUSED} */
  async shadow(version: string | null, move: ModelMove): Promise<Deployment> {
    if (version !== null) await this.#options.serving.load(version);
    return this.#announced(await this.#moves.add(move, (history, note) => shadowMove(history, version, note)));
  }

  /** Returns to what served before the model that was moved last. @throws {NOTHING_TO_ROLL_BACK} @throws {STORE_UNAVAILABLE} */
  async rollBack(move: ModelMove): Promise<Deployment> {
    return this.#announced(await this.#moves.add(move, rollbackMove));
  }

  async #check({ version, isForced = false }: ModelShare): Promise<void> {
    const { scoring } = await this.#options.serving.load(version);
    const { metrics } = scoring.artifact;
    if (isForced || hasSkill(metrics)) return;
    throw new SmartRetryError(
      'PROMOTION_REFUSED',
      `on ${metrics.rows} rows that it had not seen, model "${version}" is no better than the share of successes: ` +
        `its log-loss is ${metrics.skill < 0 ? 'higher' : 'lower'} by ${Math.abs(metrics.skill).toFixed(4)} ± ${metrics.skillStandardError.toFixed(4)}`,
    );
  }

  /** A move is in force once it is stored: what fails from here on is made good by the next poll. */
  async #announced(moved: Deployment): Promise<Deployment> {
    const { serving, configuration, channel, onError } = this.#options;
    try {
      await Promise.all([serving.refresh(), configuration.refresh()]);
    } catch (error) {
      onError(error);
    }
    channel?.publish(configuration.current().revision).catch(onError);
    return moved;
  }
}
