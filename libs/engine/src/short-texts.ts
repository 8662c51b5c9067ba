// A call into the platform costs more than these loops over a few characters.

/** Writes the first `count` characters of a text of one byte each. */
export function writeBytes(to: Uint8Array, text: string, at: number, count = text.length): void {
  for (let i = 0; i < count; i++) to[at + i] = text.charCodeAt(i);
}

/** Writes a text as UTF-8; answers how many bytes it took. `to` has room for it. */
export function writeText(to: Buffer, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return to.write(text, at);
    to[at + i] = unit;
  }
  return text.length;
}
