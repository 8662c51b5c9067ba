/**
 * Stands in a body for text that cannot be kept as it was sent: with a NUL or an unpaired surrogate, which no store holds, or
 * with U+FFFD, which stands for bytes that are not UTF-8. No schema accepts a symbol, so that such text is refused where it
 * is used, by its field's name, and ignored where nobody reads it. Made storable instead, two different jobs could become one.
 */
export const UNSTORABLE_TEXT = Symbol('unstorable text');
export const UNSTORABLE_MESSAGE =
  'must not contain NUL characters, unpaired surrogates or U+FFFD, which stands for bytes that are not UTF-8';

const LOST_BYTES = '\ufffd';
/** In valid JSON, NUL and unpaired surrogates can only be written as one of these escapes. */
const SUSPECT_ESCAPE = /\\u(?:0000|d[89a-f]|fffd)/i;

/** Only fingerprinted, so that it may hold anything. */
const NEVER_STORED = 'error_message';

/** Whether JSON text may hold unstorable text at all: nearly none does. */
export function maySpoilStores(json: string): boolean {
  return json.includes(LOST_BYTES) || SUSPECT_ESCAPE.test(json);
}

/** The body with every unstorable text, and whatever has an unstorable name, replaced in place by the symbol. */
export function markUnstorableText(body: unknown): unknown {
  const root = { body };
  // A stack, not recursion: the depth is the sender's choice.
  const pending: object[] = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [key, value] of Object.entries(next) as [string, unknown][]) {
      if (!isStorable(key) || (typeof value === 'string' && key !== NEVER_STORED && !isStorable(value))) {
        Reflect.set(next, key, UNSTORABLE_TEXT);
      } else if (typeof value === 'object' && value !== null) pending.push(value);
    }
  }
  return root.body;
}

/** A field's path as it can be stored and shown. */
export function toStorableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** Whether stores keep text as it was sent. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !text.includes(LOST_BYTES) && text.isWellFormed();
}
