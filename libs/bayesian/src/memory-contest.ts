import type { BinnedOutcome } from './evidence-cell.js';

/** How much of the comparison is left after one more outcome. */
const LOSS_MEMORY = 0.98;
/**
 * How much better the fast memory must have predicted, in nats, to be believed as much as the slow one. During an outage
 * it does predict better, as outcomes of one outage resemble each other, and yet knows less of what longer waits achieve.
 */
const HANDICAP = 8;
const LEAST_CHANCE = 1e-3;

/** Compares two memories by the decayed log-loss of what they predicted. */
export class MemoryContest {
  #fastLoss = 0;
  #slowLoss = 0;

  /** @param fast, slow The chance of success that each memory gave beforehand, 0–1. */
  judge(fast: number, slow: number, { success }: Pick<BinnedOutcome, 'success'>): void {
    this.#fastLoss = LOSS_MEMORY * this.#fastLoss - Math.log(Math.max(LEAST_CHANCE, success ? fast : 1 - fast));
    this.#slowLoss = LOSS_MEMORY * this.#slowLoss - Math.log(Math.max(LEAST_CHANCE, success ? slow : 1 - slow));
  }

  /** How far the fast memory is believed, 0–1: `1 / (1 + e^(L_fast − L_slow + handicap))`. */
  get fastShare(): number {
    return 1 / (1 + Math.exp(this.#fastLoss - this.#slowLoss + HANDICAP));
  }
}
