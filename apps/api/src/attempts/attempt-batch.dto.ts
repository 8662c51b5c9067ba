import { SmartRetryError, type AttemptReport } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { batchOf } from '../http/batch-of.js';
import { bindItem } from '../http/bind-tenant.js';
import type { Caller } from '../http/caller.js';
import { compileSchema } from '../http/compile-schema.js';
import { describeFailure } from '../http/describe-failure.js';
import { toProblemBody } from '../http/problem.js';
import type { AcceptedTimes } from '../http/wire-time.js';
import { AttemptBody, RecordedResponse, toAttemptReport } from './attempt.dto.js';

const MAX_ATTEMPTS_IN_BATCH = 5_000;

export const AttemptBatchBody = Type.Object({
  attempts: batchOf(AttemptBody, { maxItems: MAX_ATTEMPTS_IN_BATCH }),
});
export type AttemptBatchBody = Static<typeof AttemptBatchBody>;

const RefusedItem = Type.Object({
  status: Type.Literal('error'),
  error: Type.String(),
  details: Type.String(),
  code: Type.String(),
  fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
});
export type RefusedItem = Static<typeof RefusedItem>;

export const AttemptBatchResponse = Type.Object({
  results: Type.Array(Type.Union([RecordedResponse, RefusedItem])),
});

const checkAttempt = compileSchema<AttemptBody>(AttemptBody);

/** One item of a batch: a report, or why it is none. */
export type BatchItem = { readonly report: AttemptReport } | { readonly refused: RefusedItem };

export function readBatchItem(item: unknown, caller: Pick<Caller, 'tenant'>, accepted: AcceptedTimes): BatchItem {
  try {
    bindItem(item, caller);
    return { report: toAttemptReport(checkAttempt(item), accepted) };
  } catch (error) {
    if (!(error instanceof SmartRetryError)) throw error;
    const context = { requestId: '', atMs: accepted.nowMs, hasBody: false };
    const { error: title, details, code, fields } = toProblemBody(describeFailure(error), context);
    return { refused: { status: 'error', error: title, details, code, ...(fields && { fields: [...fields] }) } };
  }
}
