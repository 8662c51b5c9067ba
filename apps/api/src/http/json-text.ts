/** Anything that JSON escapes, or might: quotes, backslashes, control characters, surrogates. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** The JSON text of a string. */
export function quote(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** The JSON text of a number: null where it is not finite. */
export function numberText(value: number): string {
  return Number.isFinite(value) ? `${value}` : 'null';
}
