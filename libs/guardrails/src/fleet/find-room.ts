import type { BudgetView, LimitView } from './admission.js';

export interface FoundRoom {
  /** The first second with room everywhere; null where there is none within the horizon. */
  readonly second: number | null;
  /** Whose room decided; null where there was room at once. */
  readonly heldBy: 'budget' | LimitView | null;
}

/** Beyond this many moves from one view to another nothing is found. */
const MOST_ROUNDS = 50;

/** The first second from `wanted` on in which the budget and every limit have room for a retry. */
export function findRoom(
  wanted: number,
  units: number,
  draw: number,
  { budget, limits }: { readonly budget: BudgetView | null; readonly limits: readonly LimitView[] },
): FoundRoom {
  const asked = units === 0 ? null : budget;
  if (asked === null && limits.length === 0) return { second: wanted, heldBy: null };
  let second = wanted;
  let heldBy: FoundRoom['heldBy'] = null;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const from = second;
    if (asked !== null) {
      const place = asked.firstPlace(second, units, draw);
      if (place === null) return { second: null, heldBy: 'budget' };
      if (place !== second) heldBy = 'budget';
      second = place;
    }
    for (const limit of limits) {
      const place = limit.firstPlace(second, draw);
      if (place === null) return { second: null, heldBy: limit };
      if (place !== second) heldBy = limit;
      second = place;
    }
    if (second === from) return { second, heldBy };
  }
  return { second: null, heldBy };
}
