/** Control characters, line and paragraph separators, and what turns the direction of reading. */
const ILLEGIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const EACH_ILLEGIBLE = new RegExp(ILLEGIBLE, 'gu');

/**
 * A sentence for people in which names that others have chosen move no cursor, break no line and turn no text round: such characters
 * are written as JSON writes them (`\u001b`). For sentences alone; names are kept and answered as they came.
 */
export function legible(sentence: string): string {
  return ILLEGIBLE.test(sentence) ? sentence.replace(EACH_ILLEGIBLE, escapeOf) : sentence;
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
