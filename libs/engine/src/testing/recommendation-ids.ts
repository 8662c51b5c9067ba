import type { DecisionAction } from '@smart-retry/domain';
import { T0 } from '@smart-retry/domain/testing';
import { RecommendationIds } from '../recommendation-id.js';

export const SOME_IDS = new RecommendationIds(new Uint8Array(32));

/** An id of advice after the first timeout of an e-mail job at `T0`, readable by `SOME_IDS`. */
export function someRecommendationId(decision: DecisionAction, dependency?: string): string {
  const failure = { tenant: '', jobType: 'email_send', errorClass: 'timeout', errorCode: undefined, attemptNumber: 1 };
  return SOME_IDS.encode({ decision, issuedAtMs: T0, delayMs: 2_000, propensity: 1, nonce: 0, ...failure, dependency });
}
