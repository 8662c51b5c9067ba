import { Type, type Static, type TObject, type TObjectOptions, type TProperties } from 'typebox';

/** Longest label (job type, class, code, queue, tenant, …). */
export const LABEL_LENGTH = 255;

/** Text where `""` and `null` mean absent. */
export const NullableText = (options: {
  readonly minLength?: number;
  readonly maxLength: number;
  readonly description?: string;
}) => Type.Unsafe<string | null>({ type: ['string', 'null'], ...options });

/** A whole number where `null` means absent. */
export const NullableInteger = (options: {
  readonly minimum: number;
  readonly maximum: number;
  readonly description?: string;
}) => Type.Unsafe<number | null>({ type: ['integer', 'null'], ...options });

/** Yes or no, where `null` means absent. */
export const NullableBoolean = (options: { readonly description?: string }) =>
  Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], ...options });

/** One of some words, where `""` and `null` mean absent. */
export const NullableWord = <T extends string>(words: readonly T[], options: { readonly description?: string } = {}) =>
  Type.Unsafe<T | '' | null>({ type: ['string', 'null'], enum: [...words, '', null], ...options });

/** An object without unknown fields where `null` means absent. */
export const NullableObject = <T extends TProperties>(properties: T, options: TObjectOptions = {}) =>
  Type.Unsafe<Static<TObject<T>> | null>({
    ...Type.Object(properties, { additionalProperties: false, ...options }),
    type: ['object', 'null'],
  });

export const OptionalLabel = Type.Optional(NullableText({ maxLength: LABEL_LENGTH }));
export const RequiredLabel = Type.String({ minLength: 1, maxLength: LABEL_LENGTH });
/** The same with what it means, for the OpenAPI document. */
export const optionalLabel = (description: string) =>
  Type.Optional(NullableText({ maxLength: LABEL_LENGTH, description }));
export const requiredLabel = (description: string) =>
  Type.String({ minLength: 1, maxLength: LABEL_LENGTH, description });

/** Whose job a failure or an attempt is of. */
export const Tenant = optionalLabel(
  'Customer whose job it is: limits, shares and what is learned are kept by tenant. Bound to the key where the key is.',
);
export const JOB_ID =
  'Unique among all jobs of its tenant, of whatever type and queue: put the name of the queue before where it numbers its own.';

/** A point in time, RFC 3339. */
export const OptionalTimestamp = Type.Optional(NullableText({ maxLength: 64, description: 'RFC 3339.' }));

/** Clock text, Go text or whole nanoseconds. */
export const OptionalDuration = Type.Optional(
  Type.Unsafe<string | number | null>({
    type: ['string', 'integer', 'null'],
    maxLength: 64,
    description: 'Clock text ("00:02:30"), Go text ("2m30s") or whole nanoseconds.',
  }),
);

/** What the server adds to configuration that it answers; accepted back, and ignored. */
export const serverKeptFields = {
  revision: Type.Optional(Type.Unknown()),
  updated_at: Type.Optional(Type.Unknown()),
  updated_by: Type.Optional(Type.Unknown()),
};

/** Answers RFC 3339 in UTC with milliseconds. */
export const Timestamp = Type.String({ description: 'RFC 3339, UTC, milliseconds.' });
