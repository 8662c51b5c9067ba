import { STOP, type Decider } from '../decider.js';

/** Never retries. */
export function createNone(): Decider {
  return { name: 'none', decide: () => STOP };
}
