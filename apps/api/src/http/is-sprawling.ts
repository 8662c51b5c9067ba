/** Beyond these V8 takes seconds to read what a batch may have in bytes, and nothing that is asked here comes near. */
const MAX_DEPTH = 100;
const MAX_ENTRIES = 10_000;
/** Of members, all objects together: each that is new costs V8 a hundred times what a known one does. */
const MAX_NAMES = 10_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const COLON = 0x3a;
const SPACE = 0x20;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Whether JSON text is nested more than 100 deep, has a list or an object of more than 10,000 entries, or more than 10,000
 * different names. Reads it once.
 */
export function isSprawling(json: string): boolean {
  /** Of each list and object that is open, the outermost first, the entries so far. */
  const entries = new Uint32Array(MAX_DEPTH + 1);
  const names = new Set<string>();
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfText(json, at);
        if (isName(json, end)) names.add(json.slice(at, end));
        if (names.size > MAX_NAMES) return true;
        at = end;
        break;
      }
      case COMMA:
        entries[depth] = (entries[depth] ?? 0) + 1;
        if ((entries[depth] ?? 0) > MAX_ENTRIES) return true;
        break;
      case OPENING_BRACKET:
      case OPENING_BRACE:
        depth += 1;
        if (depth > MAX_DEPTH) return true;
        entries[depth] = 1;
        break;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        depth = Math.max(0, depth - 1);
    }
  }
  return false;
}

/** Where the text that begins at a quote ends: at the next one that is not escaped. */
function endOfText(json: string, start: number): number {
  let end = start;
  do {
    end = json.indexOf('"', end + 1);
    if (end === -1) return json.length;
  } while (isEscaped(json, end));
  return end;
}

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === BACKSLASH) before--;
  return (at - before) % 2 === 0;
}

/** Whether the text that ends there is the name of a member. */
function isName(json: string, end: number): boolean {
  let after = end + 1;
  // Of the characters up to it, all that may stand there are white space.
  while (json.charCodeAt(after) <= SPACE) after++;
  return json.charCodeAt(after) === COLON;
}
