import { LRUCache } from 'lru-cache';
import type { AttemptRecord, DecisionRecord, Forecast } from '@smart-retry/domain';
import { candidateFor } from './candidate-delays.js';

/** Each outcome makes those before it count this much less: about the last 700 count. */
const KEPT = 0.999;
/** Fewer outcomes than this say nothing of who knows better. */
const MIN_OUTCOMES = 20;
/** The most that one outcome says, in nats: no single surprise decides. */
const MAX_DIFFERENCE = 2;
/** Stands for all models that have served: no version has this name. */
const ANY_VERSION = '';
/** A chance of exactly 0 or 1 is never meant. */
const SMALLEST_CHANCE = 1e-3;

interface Tally {
  outcomes: number;
  /** Σ of the log-loss of the Bayesian layer less the model's. */
  advantage: number;
}

interface Bet {
  readonly key: string;
  readonly byModel: number;
  readonly byBayesian: number;
}

/** How a model has done against the Bayesian layer, over all kinds of failure. */
export interface Standing {
  readonly outcomes: number;
  /** Mean log-loss of the Bayesian layer less the model's, in nats: above zero where the model knows more. */
  readonly advantage: number;
}

/**
 * Who expected what happens better, the model or the Bayesian layer: by log-loss of what both said before, for each
 * model, job type, error class and error code apart. Bounded; it knows what was decided and reported in this process.
 */
export class ModelContest {
  readonly #bets: LRUCache<string, readonly Bet[]>;
  readonly #tallies: LRUCache<string, Tally>;

  /** @param bounds.maxPending decisions whose outcome is waited for @param bounds.maxKinds kinds of failure */
  constructor({ maxPending, maxKinds }: { readonly maxPending: number; readonly maxKinds: number }) {
    this.#bets = new LRUCache({ max: maxPending });
    this.#tallies = new LRUCache({ max: maxKinds });
  }

  /** Notes what was expected of the delay that was advised. */
  noteDecision({ recommendationId, recommendation, features, evidence }: DecisionRecord): void {
    const trial = evidence.layers.find(({ layer }) => layer === 'ml')?.trial;
    if (trial === undefined || !recommendation.shouldRetry) return;
    const { arm, forecasts, shadow } = trial;
    const bet = (version: string, of: readonly Forecast[]): readonly Bet[] => {
      const candidates = of.map(([delayMs]) => ({ delayMs }));
      const [, byModel, byBayesian] = of[candidateFor(candidates, recommendation.delayMs)] ?? [0, 0, null];
      return byBayesian === null ? [] : [{ key: tallyKey(version, features), byModel, byBayesian }];
    };
    const bets = [
      ...bet(arm, forecasts),
      ...bet(ANY_VERSION, forecasts),
      ...(shadow === undefined ? [] : bet(shadow.modelVersion, shadow.forecasts)),
    ];
    if (bets.length > 0) this.#bets.set(recommendationId, bets);
  }

  /** Settles what was expected with what has come of it. */
  noteOutcome({ report, link }: Pick<AttemptRecord, 'report' | 'link'>): void {
    if (link?.recommendationId === undefined) return;
    const bets = this.#bets.get(link.recommendationId);
    if (bets === undefined) return;
    this.#bets.delete(link.recommendationId);
    for (const { key, byModel, byBayesian } of bets) {
      const difference = logLoss(byBayesian, report) - logLoss(byModel, report);
      const bounded = Math.max(-MAX_DIFFERENCE, Math.min(MAX_DIFFERENCE, difference));
      const { outcomes, advantage } = this.#tallies.get(key) ?? { outcomes: 0, advantage: 0 };
      this.#tallies.set(key, { outcomes: outcomes * KEPT + 1, advantage: advantage * KEPT + bounded });
    }
  }

  /**
   * Whether the Bayesian layer has known better of such failures. A version of which too little is known is taken to be as
   * good as the ones that served before it: they were trained on much the same.
   */
  isBeaten(version: string, failure: Failure): boolean {
    const own = this.#tallies.peek(tallyKey(version, failure));
    const tally = isTelling(own) ? own : this.#tallies.peek(tallyKey(ANY_VERSION, failure));
    return isTelling(tally) && tally.advantage < 0;
  }

  standingOf(version: string): Standing {
    let outcomes = 0;
    let advantage = 0;
    const prefix = versionKey(version);
    for (const [key, tally] of this.#tallies.entries()) {
      if (!key.startsWith(prefix)) continue;
      outcomes += tally.outcomes;
      advantage += tally.advantage;
    }
    return { outcomes, advantage: outcomes === 0 ? 0 : advantage / outcomes };
  }
}

interface Failure {
  readonly jobType: string;
  readonly errorClass: string;
  readonly errorCode?: string | undefined;
}

function isTelling(tally: Tally | undefined): tally is Tally {
  return tally !== undefined && tally.outcomes >= MIN_OUTCOMES;
}

function logLoss(chance: number, { success }: { readonly success: boolean }): number {
  const happened = success ? chance : 1 - chance;
  return -Math.log(Math.min(1 - SMALLEST_CHANCE, Math.max(SMALLEST_CHANCE, happened)));
}

/** Lengths before texts: labels that contain separators stay apart. */
function versionKey(version: string): string {
  return `${version.length}:${version}`;
}

function tallyKey(version: string, { jobType, errorClass, errorCode = '' }: Failure): string {
  return `${versionKey(version)}${errorClass.length}:${errorClass}${errorCode.length}:${errorCode}${jobType}`;
}
