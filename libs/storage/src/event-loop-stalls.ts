const CHECK_INTERVAL_MS = 50;
/** A check that comes this late was held up by this process itself. */
const STALL_MS = 200;

/**
 * Knows when this process was too busy to run its own timers. A time limit that passes meanwhile says nothing of whom it
 * waits for: the answer may lie in a socket that nobody has read.
 */
export class EventLoopStalls {
  readonly #nowMs: () => number;
  #checkedAtMs: number;
  #lastEndedAtMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs a monotonic clock */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#checkedAtMs = nowMs();
  }

  /** Checks until the process ends, without keeping it. */
  start(): void {
    this.#checkedAtMs = this.#nowMs();
    setInterval(() => this.check(), CHECK_INTERVAL_MS).unref();
  }

  /** To be called regularly: whoever comes late knows of a stall. */
  check(): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#checkedAtMs > STALL_MS) this.#lastEndedAtMs = nowMs;
    this.#checkedAtMs = nowMs;
  }

  /** The monotonic time, for `wasStalledSince`. */
  now(): number {
    return this.#nowMs();
  }

  wasStalledSince(atMs: number): boolean {
    // Timers run in the order in which they are due; still, this one's turn may come after the asking one's.
    this.check();
    return this.#lastEndedAtMs >= atMs;
  }
}

let watched: EventLoopStalls | undefined;

/** The stalls of this process, watched from the first call on. */
export function watchEventLoop(): EventLoopStalls {
  if (watched === undefined) {
    watched = new EventLoopStalls();
    watched.start();
  }
  return watched;
}
