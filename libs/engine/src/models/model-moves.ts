import {
  SmartRetryError,
  type Clock,
  type Deployment,
  type KeptResponse,
  type ModelRegistry,
} from '@smart-retry/domain';
import { rollbackMove, type MoveHistory, type MoveNote } from './rollout-moves.js';

/** Who moves a model, and why. */
export interface ModelMove {
  readonly actor: string;
  readonly reason?: string | undefined;
  /** The response to keep under the mover's idempotency key, made from the outcome. */
  readonly keep?: ((moved: Deployment) => KeptResponse) | undefined;
}

/** Every lost race is another process's move, so this bounds how many of those may come between. */
const MAX_MOVE_TRIES = 50;

/** Adds moves to the registry, each made from what served when it was stored. */
export class ModelMoves {
  readonly #registry: ModelRegistry;
  readonly #clock: Clock;

  constructor({ registry, clock }: { readonly registry: ModelRegistry; readonly clock: Clock }) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /**
   * Stores the move that `next` makes of the newest one; null when it makes none.
   * @throws {STORE_UNAVAILABLE} @throws whatever `next` throws
   */
  add(move: ModelMove, next: (history: MoveHistory, note: MoveNote) => Deployment): Promise<Deployment>;
  add(move: ModelMove, next: (history: MoveHistory, note: MoveNote) => Deployment | null): Promise<Deployment | null>;
  async add(
    { actor, reason, keep }: ModelMove,
    next: (history: MoveHistory, note: MoveNote) => Deployment | null,
  ): Promise<Deployment | null> {
    for (let tries = 1; ; tries++) {
      const moved = next(await this.#history(), { actor, atMs: this.#clock(), reason: reason ?? null });
      if (moved === null) return null;
      try {
        await this.#registry.move(moved, keep?.(moved));
        return moved;
      } catch (error) {
        const hasLostRace = error instanceof SmartRetryError && error.code === 'CONFIGURATION_CHANGED';
        if (!hasLostRace || tries === MAX_MOVE_TRIES) throw error;
      }
    }
  }

  /** Takes a canary back; null where that version is no canary any more. @throws {STORE_UNAVAILABLE} */
  rollBackCanary(version: string, move: ModelMove): Promise<Deployment | null> {
    return this.add(move, (history, note) =>
      history.current?.rollout.canary?.version === version ? rollbackMove(history, note) : null,
    );
  }

  async #history(): Promise<MoveHistory> {
    const [current = null] = await this.#registry.deployments({ limit: 1 });
    const previous =
      current === null || !current.previousRevision ? null : await this.#registry.deployment(current.previousRevision);
    return { current, previous };
  }
}
