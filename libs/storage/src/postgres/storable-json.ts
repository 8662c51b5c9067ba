const UNSTORABLE = /\0|\p{Surrogate}/gu;

/** `toStorable` of a value's JSON. */
export function toStorableJson(value: unknown): string {
  return toStorable(JSON.stringify(value));
}

/**
 * JSON text that Postgres can take apart into text columns: NUL and lone surrogates, which it cannot store, become
 * U+FFFD. One such character would otherwise spoil a whole batch of other people's rows.
 */
export function toStorable(json: string): string {
  // Only control characters and lone surrogates are written as \u escapes, so nearly all texts end here.
  if (!json.includes('\\u')) return json;
  return JSON.stringify(JSON.parse(json), (_key, part: unknown) =>
    typeof part === 'string' ? part.replace(UNSTORABLE, '\u{fffd}') : part,
  );
}
