import { REPLICA_GONE_MS, type Clock, type FleetLedger } from '@smart-retry/domain';
import { PROBES } from '@smart-retry/guardrails';
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
/** Of limits there may be many: they are compared in one exchange of four. */
const LIMITS_EVERY = 4;

/**
 * Compares notes with other processes about breakers, budgets and hints. While the ledger is away each goes on with what it
 * knows, and with its part of the budget.
 */
export class FleetExchange {
  readonly #options: FleetExchangeOptions;
  #stop: (() => void) | undefined;
  #isExchanging = false;
  #rounds = 0;

  constructor(options: FleetExchangeOptions) {
    this.#options = options;
  }

  start(): void {
    const { intervalMs, onError } = this.#options;
    this.#stop = repeat(() => this.exchange(), { intervalMs, onError });
  }

  stop(): void {
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
      const isLimitsTurn = this.#rounds++ % LIMITS_EVERY === 0;
      const known = [...fleet.entries(), ...(isLimitsTurn ? fleet.limits.entries() : [])];
      const active = known.filter(([, dependency]) => nowMs - dependency.usedAtMs <= QUIET_MS);
      const news = active.map(([name, dependency]) => dependency.news(name, forgetAtMs));
      const shares = await ledger.exchange(news, { probes: PROBES });
      active.forEach(([, dependency], i) => {
        const [told, share] = [news[i], shares[i]];
        if (told !== undefined && share !== undefined) dependency.adopt(share, told);
      });
      fleet.sharing.isSharing = true;
    } catch (error) {
      fleet.sharing.isSharing = false;
      onError(error);
    } finally {
      this.#isExchanging = false;
    }
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
