import type { Behaviour } from './behaviour.js';

/** In plain words: where the probabilities come from with which things were done, and how far that can be believed. */
export function describeBehaviour({
  source,
  loggedShare,
  isTiedToAttempt,
}: Pick<Behaviour, 'source' | 'loggedShare' | 'isTiedToAttempt'>): string {
  return [SOURCES[source](loggedShare), ...(isTiedToAttempt ? [TIED] : [])].join(' ');
}

const ESTIMATED =
  'estimated from how often each wait, or none, followed the same error class, error code and attempt number; whatever else decided it, and mattered to success, is not seen.';
const TIED = 'Here the wait always followed from error and attempt, so nothing can be said of other waits.';
const SOURCES: Readonly<Record<Behaviour['source'], (loggedShare: number) => string>> = {
  logged: () => 'Each decision came with its propensity.',
  mixed: (loggedShare) =>
    `${Math.round(100 * loggedShare)} % of the decisions came with their propensity; that of the others was ${ESTIMATED}`,
  estimated: () => `No decision came with its propensity; it was ${ESTIMATED}`,
};
