import { randomBytes } from 'node:crypto';
import type { Clock, EpochMs, ReplicaRegistry, ReplicaState, SeenReplica } from '@smart-retry/domain';
import { repeat } from '@smart-retry/engine';

const BEAT_INTERVAL_MS = 1_000;
const ID_BYTES = 4;

export interface ReplicasOptions {
  readonly registry: ReplicaRegistry;
  readonly id: string;
  /** The revision in force in this process. */
  readonly revision: () => number;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** A name for a process: not its host's, which is nobody's business. */
export function randomReplicaId(): string {
  return randomBytes(ID_BYTES).toString('hex');
}

/** The processes that share the store: this one tells them what it runs, and knows what they do. */
export class Replicas {
  readonly #options: ReplicasOptions;
  readonly #startedAtMs: EpochMs;
  #stop: (() => void) | undefined;

  constructor(options: ReplicasOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock();
  }

  /** This process' own, as the others see it. */
  get name(): string {
    return this.#options.id;
  }

  /** Gives a sign of life each second until `stop`. */
  start(): void {
    const { onError } = this.#options;
    this.#stop = repeat(() => this.#beat(), { intervalMs: BEAT_INTERVAL_MS, onError });
  }

  async stop(): Promise<void> {
    this.#stop?.();
    await this.#options.registry.leave(this.#options.id).catch(this.#options.onError);
  }

  /** As of now; while the registry is away, this process alone. */
  async list(): Promise<readonly SeenReplica[]> {
    try {
      return await this.#options.registry.beat(this.#state());
    } catch {
      return [{ ...this.#state(), seenAgoMs: 0 }];
    }
  }

  async #beat(): Promise<void> {
    await this.#options.registry.beat(this.#state());
  }

  #state(): ReplicaState {
    return { id: this.#options.id, revision: this.#options.revision(), startedAtMs: this.#startedAtMs };
  }
}
