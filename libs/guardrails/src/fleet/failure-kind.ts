import type { FailureKind } from '@smart-retry/domain';

const NOT_SENT = /^(not[_-]?sent|unsent|never[_-]?sent|client[_-]circuit[_-]open)$/;
const THROTTLED = /^429$|rate[_-]?limit|too[_-]?many[_-]?requests|throttl/;
const TIMEOUT = /^(408|504)$|time[_-]?d?[_-]?out|etimedout|deadline[_-]?exceeded/;
const UNAVAILABLE =
  /^(502|503)$|unavailable|econn|enotfound|ehostunreach|enetunreach|eai_again|connection|network|dns|overload|bad[_-]?gateway/;
const OWN_FAULT =
  /^4\d\d$|validation|invalid|bad[_-]?request|not[_-]?found|unauthori[sz]ed|forbidden|conflict|unprocessable/;

/**
 * Whose failure it was, by the words of its class and code: the first kind that either names, in the order not sent,
 * throttled, timeout, unavailable, own fault.
 */
export function kindOfFailure(failure: {
  readonly errorClass: string;
  readonly errorCode?: string | undefined;
}): FailureKind {
  const names = [failure.errorClass.toLowerCase(), (failure.errorCode ?? '').toLowerCase()];
  const says = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (says(NOT_SENT)) return 'not_sent';
  if (says(THROTTLED)) return 'throttled';
  if (says(TIMEOUT)) return 'timeout';
  if (says(UNAVAILABLE)) return 'unavailable';
  return says(OWN_FAULT) ? 'own_fault' : 'other';
}

/** What an ordinary call costs, in units of retry budget. */
export const UNITS_PER_CALL = 2;
/** What the dearest retry costs. */
export const MOST_UNITS_OF_RETRY = 3;

/** What timed out may be worked off for so long after it, for nobody. */
const WORKED_OFF_MS = 60_000;

/**
 * What a retry after a failure of this kind costs, in units of retry budget: half a call, a call, or one and a half.
 *
 * @param sinceMs how long ago it failed
 */
export function unitsOfRetry(kind: FailureKind, sinceMs = 0): number {
  switch (kind) {
    case 'not_sent':
      return 0;
    case 'throttled':
      // Turning a call away is cheap, and whoever does it protects itself.
      return 1;
    case 'timeout':
      return sinceMs < WORKED_OFF_MS ? MOST_UNITS_OF_RETRY : UNITS_PER_CALL;
    case 'unavailable':
    case 'own_fault':
    case 'other':
      return UNITS_PER_CALL;
  }
}
