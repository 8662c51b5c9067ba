import type { EpochMs } from './features.js';
import type { StoredConfiguration } from './ports.js';

/** What a process knows of the configuration already. */
export type KnownRevision = Pick<StoredConfiguration, 'revision' | 'changedAtMs'>;

/** A look at the copy. */
export interface MirroredConfiguration {
  /** How long ago a process last found the store at the copy's revision, by the mirror's own clock. */
  readonly confirmedAgoMs: number;
  /** Null where the copy is what the asker knows already. */
  readonly configuration: StoredConfiguration | null;
}

/**
 * A copy of the configuration where a process can read it that does not reach the store. Nobody's truth: whoever reaches
 * the store keeps the copy as the store is. `lineage` names the installation, so that two that share a server never meet.
 */
export interface ConfigurationMirror {
  /** Says that the store is at this configuration now; a newer copy that was confirmed within seconds stays. */
  confirm(lineage: string, configuration: StoredConfiguration): Promise<void>;
  /** Null where there is no copy. */
  look(lineage: string, known: KnownRevision): Promise<MirroredConfiguration | null>;
}

/** What a running process says of itself. */
export interface ReplicaState {
  readonly id: string;
  /** Of the configuration that it decides by. */
  readonly revision: number;
  readonly startedAtMs: EpochMs;
}

export interface SeenReplica extends ReplicaState {
  /** By the registry's own clock. */
  readonly seenAgoMs: number;
}

/** Which processes run. One that has not been seen for five seconds is gone. */
export interface ReplicaRegistry {
  /** Notes what a process runs; answers all that run, by id, this one included. */
  beat(replica: ReplicaState): Promise<readonly SeenReplica[]>;
  /** Forgets a process that ends. */
  leave(id: string): Promise<void>;
}

/** After this long without a beat a process is gone. */
export const REPLICA_GONE_MS = 5_000;
