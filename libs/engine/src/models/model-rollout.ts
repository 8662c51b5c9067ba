import {
  SmartRetryError,
  type Clock,
  type ConfigurationChannel,
  type Deployment,
  type KeptResponse,
  type ModelRegistry,
} from '@smart-retry/domain';
import { hasSkill } from '@smart-retry/ml';
import type { ModelServing } from '../background/model-serving.js';
import type { Configuration } from '../configuration.js';
import { deployMove, rollbackMove, shadowMove, type MoveHistory, type MoveNote } from './rollout-moves.js';

/** Who moves a model, and why. */
export interface ModelMove {
  readonly actor: string;
  readonly reason?: string | undefined;
  /** The response to keep under the mover's idempotency key, made from the outcome. */
  readonly keep?: ((moved: Deployment) => KeptResponse) | undefined;
}

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

/** Every lost race is another process's move, so this bounds how many of those may come between. */
const MAX_MOVE_TRIES = 50;

/** Moves models: what is answered is stored, serves in this process, and is on its way to the others. */
export class ModelRollout {
  readonly #options: ModelRolloutOptions;

  constructor(options: ModelRolloutOptions) {
    this.#options = options;
  }

  /**
   * Gives a registered model a share of the jobs, once it has been loaded and checked here.
   * @throws {MODEL_NOT_FOUND} @throws {PROMOTION_REFUSED} @throws {MODEL_CORRUPT} @throws {MODEL_INCOMPATIBLE}
   * @throws {STORE_UNAVAILABLE}
   */
  async deploy(share: ModelShare, move: ModelMove): Promise<Deployment> {
    await this.#check(share);
    return this.#move(move, (history, note) => deployMove(history, share, note));
  }

  /** Lets a model answer in the shadow; null ends that. @throws as `deploy`, but for {PROMOTION_REFUSED} */
  async shadow(version: string | null, move: ModelMove): Promise<Deployment> {
    if (version !== null) await this.#options.serving.load(version);
    return this.#move(move, (history, note) => shadowMove(history, version, note));
  }

  /**
   * Returns to what served before the model that was moved last.
   * @param only.version does nothing, and answers null, unless this is the model that would be taken back
   * @throws {NOTHING_TO_ROLL_BACK} @throws {STORE_UNAVAILABLE}
   */
  rollBack(move: ModelMove): Promise<Deployment>;
  rollBack(move: ModelMove, only: { readonly version: string }): Promise<Deployment | null>;
  async rollBack(move: ModelMove, only?: { readonly version: string }): Promise<Deployment | null> {
    return this.#move(move, (history, note) => {
      const { canary, champion } = history.current?.rollout ?? { canary: null, champion: null };
      if (only !== undefined && (canary?.version ?? champion) !== only.version) return null;
      return rollbackMove(history, note);
    });
  }

  async #check({ version, isForced = false }: ModelShare): Promise<void> {
    const { scoring } = await this.#options.serving.load(version);
    const { metrics } = scoring.artifact;
    if (isForced || hasSkill(metrics)) return;
    throw new SmartRetryError(
      'PROMOTION_REFUSED',
      `on ${metrics.rows} rows that it had not seen, model "${version}" is no better than the share of successes: ` +
        `its log-loss is lower by ${metrics.skill.toFixed(4)} ± ${metrics.skillStandardError.toFixed(4)}`,
    );
  }

  #move(move: ModelMove, next: (history: MoveHistory, note: MoveNote) => Deployment): Promise<Deployment>;
  #move(move: ModelMove, next: (history: MoveHistory, note: MoveNote) => Deployment | null): Promise<Deployment | null>;
  async #move(
    { actor, reason, keep }: ModelMove,
    next: (history: MoveHistory, note: MoveNote) => Deployment | null,
  ): Promise<Deployment | null> {
    const { registry, clock } = this.#options;
    for (let tries = 1; ; tries++) {
      const moved = next(await this.#history(), { actor, atMs: clock(), reason: reason ?? null });
      if (moved === null) return null;
      try {
        await registry.move(moved, keep?.(moved));
        await this.#announce();
        return moved;
      } catch (error) {
        const hasLostRace = error instanceof SmartRetryError && error.code === 'CONFIGURATION_CHANGED';
        if (!hasLostRace || tries === MAX_MOVE_TRIES) throw error;
      }
    }
  }

  async #history(): Promise<MoveHistory> {
    const { registry } = this.#options;
    const [current = null] = await registry.deployments({ limit: 1 });
    const previous =
      current === null || !current.previousRevision ? null : await registry.deployment(current.previousRevision);
    return { current, previous };
  }

  /** A move is in force once it is stored: what fails from here on is made good by the next poll. */
  async #announce(): Promise<void> {
    const { serving, configuration, channel, onError } = this.#options;
    try {
      await Promise.all([serving.refresh(), configuration.refresh()]);
    } catch (error) {
      onError(error);
    }
    channel?.publish(configuration.current().revision).catch(onError);
  }
}
