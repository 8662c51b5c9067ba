/** A connection that has died silently is given up only after its statement's time; then the next one is tried. */
export const RECOVERY_MS = 3_500;

/** When which replica could not be sure to reach which store, as far as the drill has brought it about itself. */
export function createLinkLog() {
  const troubles = [];
  const isClear = (replica, store, fromMs, toMs) =>
    !troubles.some(
      (trouble) =>
        (trouble.replica === undefined || trouble.replica === replica) &&
        trouble.store === store &&
        trouble.fromMs <= toMs &&
        trouble.toMs >= fromMs,
    );
  return {
    /** @returns {() => void} ends it */
    trouble({ replica, store }) {
      const trouble = { replica, store, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
      troubles.push(trouble);
      return () => {
        trouble.toMs = Date.now() + RECOVERY_MS;
      };
    },
    /** Whether the replica reached the store all the time between. */
    isClear,
    /**
     * Whether the replica could hear of a change all the time between: from Postgres, or from the copy in Redis that any
     * replica confirms which reaches both.
     */
    reaches(replica, replicas, fromMs, toMs) {
      const clear = (other, store) => isClear(other, store, fromMs, toMs);
      if (clear(replica, 'postgres')) return true;
      const all = Array.from({ length: replicas }, (_, other) => other);
      return clear(replica, 'redis') && all.some((other) => clear(other, 'postgres') && clear(other, 'redis'));
    },
  };
}
