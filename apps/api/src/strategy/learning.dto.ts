import {
  LEARNING_LIMITS,
  LEARNING_MODES,
  type ExcludedWindow,
  type JobTypeLearning,
  type LearningSettings,
} from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { dropAbsent } from '../http/drop-absent.js';
import { named } from '../http/named.js';
import { LABEL_LENGTH, NullableObject, NullableText, NullableWord, RequiredLabel } from '../http/wire-schemas.js';
import { optionalText } from '../http/wire-text.js';
import { formatTimestamp, readTimestampMs } from '../http/wire-time.js';

const Mode = (description: string) => Type.Optional(NullableWord(LEARNING_MODES, { description }));
const Label = (description: string) => Type.Optional(NullableText({ maxLength: LABEL_LENGTH, description }));
const Time = (description: string) => Type.String({ minLength: 1, maxLength: 64, description });
const OptionalTime = (description: string) => Type.Optional(NullableText({ maxLength: 64, description }));

const JobTypeBody = Type.Object(
  {
    job_type: RequiredLabel,
    mode: Mode('The general mode when absent.'),
    pinned_at: OptionalTime('RFC 3339. What was known then keeps speaking; later outcomes teach nothing.'),
    ignore_before: OptionalTime('RFC 3339. Outcomes before it are forgotten: a reset.'),
  },
  { additionalProperties: false },
);
type JobTypeBody = Static<typeof JobTypeBody>;

const WindowBody = Type.Object(
  {
    from: Time('RFC 3339, inclusive.'),
    to: Time('RFC 3339, exclusive.'),
    job_type: Label('Only this job type.'),
    dependency: Label('Only this dependency; a job without one has its job type.'),
    reason: Label('For people.'),
  },
  { additionalProperties: false, description: 'Outcomes within it teach nothing.' },
);
type WindowBody = Static<typeof WindowBody>;

/** Whether, and from what, learned layers learn, or a part of it. */
export const LearningPart = named(
  'Learning',
  NullableObject({
    mode: Mode('`observe`: rules answer, and what learned layers would have done is kept. Default `on`.'),
    job_types: Type.Optional(Type.Array(JobTypeBody, { maxItems: LEARNING_LIMITS.jobTypes })),
    excluded_windows: Type.Optional(Type.Array(WindowBody, { maxItems: LEARNING_LIMITS.excludedWindows })),
  }),
);

/** @throws {INVALID_REQUEST} for a time that is none, naming the field below `prefix`. */
export function toLearningChanges(
  body: NonNullable<Static<typeof LearningPart>>,
  prefix: string,
): Partial<LearningSettings> {
  return dropAbsent({
    mode: body.mode || undefined,
    jobTypes: body.job_types?.map((entry, i) => toJobTypeLearning(entry, `${prefix}job_types[${i}].`)),
    excludedWindows: body.excluded_windows?.map((entry, i) => toWindow(entry, `${prefix}excluded_windows[${i}].`)),
  });
}

function toJobTypeLearning(body: JobTypeBody, prefix: string): JobTypeLearning {
  const readTime = (field: 'pinned_at' | 'ignore_before') =>
    body[field] ? readTimestampMs(`${prefix}${field}`, body[field]) : undefined;
  return {
    jobType: body.job_type,
    ...dropAbsent({
      mode: body.mode || undefined,
      pinnedAtMs: readTime('pinned_at'),
      ignoreBeforeMs: readTime('ignore_before'),
    }),
  };
}

function toWindow(body: WindowBody, prefix: string): ExcludedWindow {
  return {
    fromMs: readTimestampMs(`${prefix}from`, body.from),
    toMs: readTimestampMs(`${prefix}to`, body.to),
    ...dropAbsent({
      jobType: optionalText(body.job_type),
      dependency: optionalText(body.dependency),
      reason: optionalText(body.reason),
    }),
  };
}

/** Learning settings on the wire: they can be sent back as they are. */
export function fromLearningSettings({ mode, jobTypes, excludedWindows }: LearningSettings) {
  const formatTime = (atMs: number | undefined) => (atMs === undefined ? undefined : formatTimestamp(atMs));
  return {
    mode,
    job_types: jobTypes.map((own) => ({
      job_type: own.jobType,
      ...dropAbsent({
        mode: own.mode,
        pinned_at: formatTime(own.pinnedAtMs),
        ignore_before: formatTime(own.ignoreBeforeMs),
      }),
    })),
    excluded_windows: excludedWindows.map((window) => ({
      from: formatTimestamp(window.fromMs),
      to: formatTimestamp(window.toMs),
      ...dropAbsent({ job_type: window.jobType, dependency: window.dependency, reason: window.reason }),
    })),
  };
}
