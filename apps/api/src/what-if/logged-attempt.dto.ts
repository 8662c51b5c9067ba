import { SmartRetryError, type FieldProblem } from '@smart-retry/domain';
import type { LoggedAttempt } from '@smart-retry/simulation/what-if';
import { Type, type Static } from 'typebox';
import { AttemptBody, toAttemptReport } from '../attempts/attempt.dto.js';
import { compileSchema } from '../http/compile-schema.js';
import { dropAbsent } from '../http/drop-absent.js';
import { named } from '../http/named.js';
import type { AcceptedTimes } from '../http/wire-time.js';

const Propensity = (description: string) =>
  Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, description }));

/** An attempt as it is reported, with what may be known of the decisions around it. Unknown fields are ignored. */
export const LoggedAttemptBody = named(
  'LoggedAttempt',
  Type.Object({
    ...AttemptBody.properties,
    propensity: Propensity('Of the bucket of `delay_ms`, as the recommendation before this attempt answered it.'),
    stop_propensity: Propensity('Of the stop that a recommendation answered after this failed attempt.'),
  }),
);
type LoggedAttemptBody = Static<typeof LoggedAttemptBody>;

const checkAttempt = compileSchema<LoggedAttemptBody>(LoggedAttemptBody);

/** History may be of any age: it is asked, not stored. */
const ANY_TIME: AcceptedTimes = {
  nowMs: 0,
  oldestMs: Number.NEGATIVE_INFINITY,
  newestMs: Number.POSITIVE_INFINITY,
};

/** One line of a log: an attempt, or what is wrong with it. */
export type LogLine = { readonly attempt: LoggedAttempt } | { readonly problem: FieldProblem };

export function readLogLine(line: unknown): LogLine {
  if (typeof line !== 'object' || line === null || Array.isArray(line)) {
    return { problem: { path: '', message: 'must be an object' } };
  }
  try {
    return { attempt: toLoggedAttempt(checkAttempt(line)) };
  } catch (error) {
    if (!(error instanceof SmartRetryError)) throw error;
    return { problem: error.fields[0] ?? { path: '', message: error.message } };
  }
}

function toLoggedAttempt(body: LoggedAttemptBody): LoggedAttempt {
  const { timestampMs, isTimedByReceipt, ...report } = toAttemptReport(body, ANY_TIME);
  return {
    ...report,
    ...dropAbsent({
      timestampMs: isTimedByReceipt === true ? undefined : timestampMs,
      propensity: body.propensity,
      stopPropensity: body.stop_propensity,
    }),
  };
}
