import { inUnequalHundredths } from './hundredths.js';

/** Why one action was not chosen that is worth no more than the chosen one. */
export function worthLess(value: number, chosenValue: number): string {
  const [worth, chosen] = inUnequalHundredths(value, chosenValue);
  return worth === chosen ? `worth ${worth}, as the chosen one is` : `worth ${worth}, less than ${chosen}`;
}
