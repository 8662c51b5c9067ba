/** Tells whether a store answers. */
export interface StoreProbe {
  /** For people and labels: `postgres`, `redis`. */
  readonly store: string;
  /** Rejects while the store does not answer. */
  readonly check: () => Promise<void>;
}
