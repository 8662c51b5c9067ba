import { REPLICA_GONE_MS, type Clock, type EpochMs, type FleetLedger } from '@smart-retry/domain';
import type { Dependency } from '../fleet/dependency.js';
import type { Fleet } from '../fleet/fleet.js';
import { repeat } from './repeat.js';
import { secureRandomBytes } from './system.js';

export interface FleetExchangeOptions {
  readonly fleet: Fleet;
  readonly ledger: FleetLedger;
  /** This process among all. */
  readonly replica: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** A dependency of which nothing was heard for so long has no news. */
const QUIET_MS = 60_000;
/** Further ahead of the ledger's clock it is the ledger's that is wrong. */
const MAX_AHEAD_MS = 5 * 60_000;
/** Of limits there may be many: they are compared in one exchange of four. So often it is asked as well what others have news of. */
const SELDOM = 4;
/** More dependencies than this, by the latest news, are taken from others only when a job asks about them. */
const MOST_FROM_OTHERS = 1_000;

/**
 * Compares notes with other processes about breakers, budgets and hints. While the ledger is away each goes on with what it
 * knows, and with its part of the budget.
 */
export class FleetExchange {
  readonly #options: FleetExchangeOptions;
  #stop: (() => void) | undefined;
  #isStopped = false;
  #isExchanging = false;
  #rounds = 0;
  /** Dependencies of which any process has news. */
  #inUse: ReadonlySet<string> = new Set();

  constructor(options: FleetExchangeOptions) {
    this.#options = options;
  }

  /** Settles when it knows what the others know, or that they cannot be asked. */
  async start(): Promise<void> {
    const { intervalMs, onError } = this.#options;
    await this.exchange();
    if (!this.#isStopped) this.#stop = repeat(() => this.exchange(), { intervalMs, onError });
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop?.();
  }

  /** Tells and learns what there is of every dependency in use. Never rejects. */
  async exchange(): Promise<void> {
    if (this.#isExchanging) return;
    this.#isExchanging = true;
    const { fleet, ledger, replica, clock, onError } = this.#options;
    try {
      const nowMs = clock();
      const { replicas, rank, nowMs: ledgerMs } = await ledger.join(replica, REPLICA_GONE_MS);
      fleet.place = { replicas, rank };
      // Else a clock that is minutes ahead would have all forget what is booked for the next minutes.
      const forgetAtMs = Math.min(nowMs, Math.max(ledgerMs, nowMs - MAX_AHEAD_MS));
      const isSeldom = this.#rounds++ % SELDOM === 0;
      const isUsed = ({ usedAtMs }: { readonly usedAtMs: EpochMs }) => nowMs - usedAtMs <= QUIET_MS;
      if (isSeldom) await this.#learnWhatIsInUse(isUsed);
      const dependencies = [...fleet.entries()].filter(([name, one]) => isUsed(one) || this.#inUse.has(name));
      const limits = isSeldom ? [...fleet.limits.entries()].filter(([, limit]) => isUsed(limit)) : [];
      const active = [...dependencies, ...limits];
      const news = active.map(([name, dependency]) => dependency.news(name, forgetAtMs));
      const shares = await ledger.exchange(news);
      active.forEach(([, dependency], i) => {
        const [told, share] = [news[i], shares[i]];
        if (told !== undefined && share !== undefined) dependency.adopt(share, told);
      });
      fleet.terms.isSharing = true;
    } catch (error) {
      fleet.terms.isSharing = false;
      onError(error);
    } finally {
      this.#isExchanging = false;
    }
  }

  async #learnWhatIsInUse(isUsed: (one: Dependency) => boolean): Promise<void> {
    const { fleet, ledger } = this.#options;
    const own = [...fleet.entries()].filter(([, dependency]) => isUsed(dependency)).map(([name]) => name);
    const names = await ledger.inUse(own, { quietMs: QUIET_MS, limit: MOST_FROM_OTHERS });
    this.#inUse = new Set(names);
    for (const name of names) if (fleet.peek(name) === null) fleet.dependency(name);
  }
}

const INTERVAL_MS = 250;

/** An exchange for a process of its own name. */
export function shareFleet(
  fleet: Fleet,
  ledger: FleetLedger,
  { clock, onError }: Pick<FleetExchangeOptions, 'clock' | 'onError'>,
): FleetExchange {
  const replica = [...secureRandomBytes(8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return new FleetExchange({ fleet, ledger, replica, intervalMs: INTERVAL_MS, clock, onError });
}
