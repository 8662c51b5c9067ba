import type { CanaryVerdict, Rng } from '@smart-retry/domain';
import type { JudgedShare } from '../judgement/pool-shares.js';

const SUCCESS_CHANCE = 0.6;
const ATTEMPT_COST = 0.03;
const LOOK_EVERY = 100;

/** Adds up jobs of an arm. */
export class PlayedArm {
  readonly totals = {
    made: 0,
    jobs: 0,
    decisions: 0,
    utility: 0,
    utilitySquares: 0,
    utilityDecisions: 0,
    decisionSquares: 0,
    errors: 0,
    attempts: 0,
    meanTimeMs: 0,
  };

  /** One to three decisions of a job that share its chance of success: correlated, as attempts of one job are. */
  play(rng: Rng, { loss, spread }: { readonly loss: number; readonly spread: number }): void {
    const chance = SUCCESS_CHANCE + (rng() < 0.5 ? -spread : spread) - loss;
    const decisions = 1 + Math.floor(rng() * 3);
    let utility = -ATTEMPT_COST * decisions;
    for (let i = 0; i < decisions; i++) if (rng() < chance) utility++;
    this.add(decisions, utility);
  }

  add(decisions: number, utility: number): void {
    this.totals.jobs += 1;
    this.totals.made += decisions;
    this.totals.decisions += decisions;
    this.totals.attempts += decisions;
    this.totals.utility += utility;
    this.totals.utilitySquares += utility * utility;
    this.totals.utilityDecisions += utility * decisions;
    this.totals.decisionSquares += decisions * decisions;
  }
}

/** How far the chances of jobs lie apart so that decisions of one job have this correlation. */
export function spreadOf(correlation: number): number {
  return Math.sqrt(correlation * SUCCESS_CHANCE * (1 - SUCCESS_CHANCE));
}

export interface PlayedRamp {
  /** The canary's chance of success is lower by this. */
  readonly loss: number;
  readonly spread: number;
  /** One after the other: the canary's share of the jobs, and its decisions until the next one. */
  readonly shares: readonly { readonly share: number; readonly decisions: number }[];
  /** Asked after every hundred decisions of the canary. */
  readonly judge: (shares: readonly [...JudgedShare[], JudgedShare]) => CanaryVerdict;
}

/** Plays until the judge stops the canary or the ramp has ended; answers after how many of its decisions, or null. */
export function stoppedAfter(rng: Rng, { loss, spread, shares, judge }: PlayedRamp): number | null {
  const earlier: JudgedShare[] = [];
  let decided = 0;
  for (const { share, decisions } of shares) {
    const [canary, control] = [new PlayedArm(), new PlayedArm()];
    const present = { canary: canary.totals, control: control.totals };
    let nextLook = LOOK_EVERY;
    while (canary.totals.decisions < decisions) {
      if (rng() < share) canary.play(rng, { loss, spread });
      else control.play(rng, { loss: 0, spread });
      if (canary.totals.decisions < nextLook) continue;
      nextLook += LOOK_EVERY;
      if (judge([...earlier, present]) === 'worse') return decided + canary.totals.decisions;
    }
    decided += canary.totals.decisions;
    earlier.push(present);
  }
  return null;
}
