import { retryAfter, STOP, type Decider } from '../decider.js';

/** Finagle's default budget; its requeues wait for nothing, and one call may use up a fifth of the balance. */
export const FINAGLE = {
  ttlMs: 10_000,
  minRetriesPerSecond: 10,
  retryShare: 0.2,
  balanceSharePerCall: 0.2,
} as const;

/**
 * A retry takes one from a balance of `10/s` and a fifth of the calls of the last ten seconds.
 *
 * @see https://finagle.github.io/blog/2016/02/08/retry-budgets/
 */
export function createFinagle(): Decider {
  const budgets = new Map<string, Budget>();
  const budgetOf = (dependency: string) => {
    const budget = budgets.get(dependency) ?? new Budget();
    budgets.set(dependency, budget);
    return budget;
  };
  return {
    name: 'finagle',
    decide({ attemptNumber, dependency, failedAtMs }) {
      const budget = budgetOf(dependency);
      const balance = budget.balanceAt(failedAtMs);
      if (balance < 1 || attemptNumber > Math.ceil(FINAGLE.balanceSharePerCall * balance)) return STOP;
      budget.withdraw(failedAtMs);
      return retryAfter(0);
    },
    observeCall({ attemptNumber, dependency, endedAtMs }) {
      if (attemptNumber === 1) budgetOf(dependency).deposit(endedAtMs);
    },
  };
}

/** Retries are counted in thousandths, so that five fifths are exactly one. */
const RETRY_TOKENS = 1_000;

/** Deposits and withdrawals of the last ten seconds, by second. */
class Budget {
  readonly #changes: { readonly second: number; amount: number }[] = [];

  deposit(atMs: number): void {
    this.#add(atMs, FINAGLE.retryShare * RETRY_TOKENS);
  }

  withdraw(atMs: number): void {
    this.#add(atMs, -RETRY_TOKENS);
  }

  /** In retries. */
  balanceAt(atMs: number): number {
    const oldestSecond = (atMs - FINAGLE.ttlMs) / 1_000;
    while ((this.#changes[0]?.second ?? Number.POSITIVE_INFINITY) < oldestSecond) this.#changes.shift();
    const reserve = (FINAGLE.minRetriesPerSecond * FINAGLE.ttlMs * RETRY_TOKENS) / 1_000;
    return this.#changes.reduce((sum, { amount }) => sum + amount, reserve) / RETRY_TOKENS;
  }

  #add(atMs: number, amount: number): void {
    const second = Math.floor(atMs / 1_000);
    const last = this.#changes.at(-1);
    if (last?.second === second) last.amount += amount;
    else this.#changes.push({ second, amount });
  }
}
