import type { Booking } from '@smart-retry/guardrails';
import { slotOf } from './call-tally.js';
import type { Dependency } from './dependency.js';

/** Gives a retry (1) its place in a dependency's budget, or takes it back (−1). */
export function bookPlace({ bookings, calls }: Dependency, { second, units }: Booking, retries: 1 | -1): void {
  bookings.add(second, retries * units);
  calls.add('placed', slotOf(1_000 * second), retries);
}
