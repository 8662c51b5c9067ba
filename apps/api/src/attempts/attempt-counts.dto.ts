import { SmartRetryError, type AttemptCounts } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { batchOf } from '../http/batch-of.js';
import { compileSchema } from '../http/compile-schema.js';
import { dropAbsent } from '../http/drop-absent.js';
import { readAll, readEach } from '../http/read-all.js';
import { readDurationMs } from '../http/wire-duration.js';
import { OptionalDuration, OptionalLabel, RequiredLabel } from '../http/wire-schemas.js';
import { optionalText } from '../http/wire-text.js';
import { readPastTimestampMs, type AcceptedTimes } from '../http/wire-time.js';

const MAX_COUNTS_IN_BODY = 5_000;
const Count = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });

const CountsItem = Type.Object({
  job_type: RequiredLabel,
  dependency: OptionalLabel,
  queue: OptionalLabel,
  tenant: OptionalLabel,
  succeeded: Count,
  failed: Count,
  processing_time: Type.Optional(
    Type.Unsafe<string | number | null>({
      ...OptionalDuration,
      description: 'Of all of them together; formats as elsewhere.',
    }),
  ),
  window_start: Type.String({ maxLength: 64, description: 'RFC 3339.' }),
  window_end: Type.String({ maxLength: 64, description: 'RFC 3339; not before `window_start`.' }),
});

export const AttemptCountsBody = Type.Object({
  counts: batchOf(CountsItem, { maxItems: MAX_COUNTS_IN_BODY }),
});
export type AttemptCountsBody = Static<typeof AttemptCountsBody>;

const checkCounts = compileSchema<Static<typeof CountsItem>>(CountsItem);

export const CountsRecordedResponse = Type.Object({ status: Type.String(), recorded: Type.Integer() });
export type CountsRecordedResponse = Static<typeof CountsRecordedResponse>;

/** @throws {INVALID_REQUEST} @throws {INVALID_DURATION} @throws {TIMESTAMP_OUT_OF_RANGE}, naming what is wrong with each */
export function toAttemptCounts(body: AttemptCountsBody, accepted: AcceptedTimes): AttemptCounts[] {
  return readEach(body.counts, (counts, i) => {
    const path = `counts[${i}]`;
    const item = checkCounts(counts, path);
    const { windowStartMs, windowEndMs, processingTimeMs } = readAll({
      windowStartMs: () => readPastTimestampMs(`${path}.window_start`, item.window_start, accepted),
      windowEndMs: () => readPastTimestampMs(`${path}.window_end`, item.window_end, accepted),
      processingTimeMs: () => readDurationMs(`${path}.processing_time`, item.processing_time),
    });
    if (windowEndMs < windowStartMs) throw endsBeforeStart(`${path}.window_end`);
    return {
      jobType: item.job_type,
      succeeded: item.succeeded,
      failed: item.failed,
      windowStartMs,
      windowEndMs,
      ...dropAbsent({
        dependency: optionalText(item.dependency),
        queue: optionalText(item.queue),
        tenant: optionalText(item.tenant),
        processingTimeMs,
      }),
    };
  });
}

function endsBeforeStart(path: string): SmartRetryError {
  const message = 'must not be before window_start';
  return new SmartRetryError('INVALID_REQUEST', `${path} ${message}`, { fields: [{ path, message }] });
}
