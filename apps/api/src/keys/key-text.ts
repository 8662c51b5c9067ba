import { hash, randomBytes } from 'node:crypto';

const SELECTOR_BYTES = 8;
const SECRET_BYTES = 32;
const KEY_TEXT = /^sr_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** A key as its owner holds it. */
export interface KeyText {
  /** `sr_<selector>_<secret>` */
  readonly text: string;
  readonly selector: string;
}

/** A key that nobody can guess: 256 random bits behind a selector of 64. */
export function newKeyText(): KeyText {
  const selector = randomBytes(SELECTOR_BYTES).toString('hex');
  return { selector, text: `sr_${selector}_${randomBytes(SECRET_BYTES).toString('base64url')}` };
}

/** The public part of a key; undefined for text that is no key of this shape. */
export function selectorOf(text: string): string | undefined {
  return KEY_TEXT.exec(text)?.[1];
}

/** SHA-256 of a key's text. Digests have one length, so that comparing them tells nothing of the key's. */
export function digestOf(text: string): Uint8Array {
  return hash('sha256', text, 'buffer');
}
