import type {
  Clock,
  ConfigurationChannel,
  ConfigurationStore,
  KeptResponse,
  StoredConfiguration,
  Strategy,
} from '@smart-retry/domain';
import type { ConfigurationCopies } from './background/configuration-copies.js';
import type { DeclaredStrategy } from './declared-strategy.js';

/** Who changes the configuration, and on what condition. */
export interface ConfigurationWrite {
  readonly actor: string;
  /** The revision that the writer has seen; another one refuses the change. */
  readonly expectedRevision?: number;
  /** Why, in the writer's words. */
  readonly reason?: string;
  /** The response to keep under the writer's idempotency key, made from the outcome. */
  readonly keep?: (changed: StoredConfiguration) => KeptResponse;
}

/** What a change makes of the strategy in force, and how the history names it. */
export type ConfigurationEdit = (inForce: Strategy) => {
  readonly strategy: Strategy;
  readonly action: string;
  readonly target: string | null;
  /** Why, where what is changed says so; used where the writer gives no reason. */
  readonly reason?: string | null;
};

/** A copy of the configuration beside the process, for a start while the store is away. */
export interface LastKnownConfiguration {
  /** Null when there is none, or none that can be read. */
  load(): Promise<StoredConfiguration | null>;
  save(configuration: StoredConfiguration): Promise<void>;
}

export interface ConfigurationOptions {
  readonly store: ConfigurationStore;
  readonly channel?: ConfigurationChannel;
  /** Where the configuration can also be read while the store is away. */
  readonly copies?: ConfigurationCopies;
  readonly lastKnown?: LastKnownConfiguration;
  readonly declared: DeclaredStrategy;
  /** Whether the service as a whole is switched on. */
  readonly isServiceEnabled: boolean;
  readonly clock: Clock;
  readonly pollIntervalMs: number;
  /** After this long without a word from the store or its copies nothing is retried; default never. */
  readonly maxStaleMs?: number;
  /** Told that another strategy is in force now. */
  readonly onChange?: () => void;
  readonly onError: (error: unknown) => void;
}
