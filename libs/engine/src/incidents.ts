import { LRUCache } from 'lru-cache';
import type { EpochMs } from '@smart-retry/domain';

/** A time without a failure after which the next one begins another incident, although nobody told of a success. */
const SILENCE_MS = 600_000;

interface Dependency {
  /** Of the first failure since the last success, and of the last one; ∞ and −∞ while there is none. */
  fromMs: EpochMs;
  lastFailureAtMs: EpochMs;
  lastSuccessAtMs: EpochMs;
}

/**
 * Since when each dependency has been failing, without a success between. News may come late and out of order.
 * Bounded: the dependency unheard of for longest goes first.
 */
export class Incidents {
  readonly #dependencies: LRUCache<string, Dependency>;

  constructor({ maxDependencies }: { readonly maxDependencies: number }) {
    this.#dependencies = new LRUCache({ max: maxDependencies });
  }

  /** Notes a failure; answers how long the dependency had been failing by then, in milliseconds. */
  fail(name: string, atMs: EpochMs): number {
    const dependency = this.#dependency(name);
    // The success that came after it has ended whatever it was part of.
    if (atMs < dependency.lastSuccessAtMs) return 0;
    const isLater = atMs > dependency.lastFailureAtMs + SILENCE_MS;
    // Late news of an incident before this one, of which nothing else is remembered.
    if (!isLater && atMs < dependency.fromMs - SILENCE_MS) return 0;
    dependency.fromMs = isLater ? atMs : Math.min(dependency.fromMs, atMs);
    dependency.lastFailureAtMs = Math.max(dependency.lastFailureAtMs, atMs);
    return atMs - dependency.fromMs;
  }

  /** How long the dependency has been failing at `atMs`; 0 when it is not, as far as is known. */
  ageAt(name: string, atMs: EpochMs): number {
    const dependency = this.#dependencies.get(name);
    if (dependency === undefined || atMs > dependency.lastFailureAtMs + SILENCE_MS) return 0;
    return Math.max(0, atMs - dependency.fromMs);
  }

  /** Notes a success: what had failed until then is over. */
  succeed(name: string, atMs: EpochMs): void {
    const dependency = this.#dependency(name);
    dependency.lastSuccessAtMs = Math.max(dependency.lastSuccessAtMs, atMs);
    if (dependency.lastFailureAtMs <= atMs) {
      dependency.fromMs = Number.POSITIVE_INFINITY;
      dependency.lastFailureAtMs = Number.NEGATIVE_INFINITY;
    } else if (dependency.fromMs < atMs) {
      // What has failed since is another incident; when it began is not known any better.
      dependency.fromMs = atMs;
    }
  }

  #dependency(name: string): Dependency {
    let dependency = this.#dependencies.get(name);
    if (dependency === undefined) {
      dependency = {
        fromMs: Number.POSITIVE_INFINITY,
        lastFailureAtMs: Number.NEGATIVE_INFINITY,
        lastSuccessAtMs: Number.NEGATIVE_INFINITY,
      };
      this.#dependencies.set(name, dependency);
    }
    return dependency;
  }
}
