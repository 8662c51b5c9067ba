import {
  REPLICA_GONE_MS,
  type Clock,
  type ReplicaRegistry,
  type ReplicaState,
  type SeenReplica,
} from '@smart-retry/domain';

/** The engines of this process. */
export class MemoryReplicaRegistry implements ReplicaRegistry {
  readonly #replicas = new Map<string, { readonly state: ReplicaState; readonly seenAtMs: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async beat(replica: ReplicaState): Promise<readonly SeenReplica[]> {
    const nowMs = this.#clock();
    this.#replicas.set(replica.id, { state: { ...replica }, seenAtMs: nowMs });
    for (const [id, { seenAtMs }] of this.#replicas) if (nowMs - seenAtMs > REPLICA_GONE_MS) this.#replicas.delete(id);
    return [...this.#replicas.values()]
      .map(({ state, seenAtMs }) => ({ ...state, seenAgoMs: nowMs - seenAtMs }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async leave(id: string): Promise<void> {
    this.#replicas.delete(id);
  }
}
