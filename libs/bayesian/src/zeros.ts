const LONGEST = 128;
/** An array that has held fractions keeps its numbers unboxed, and so do its copies. */
const ZEROS: readonly number[] = new Array<number>(LONGEST).fill(0.5).fill(0);

/** So many zeros (at most 128), to be written over. A typed array of so few numbers costs ten times as much to make, and the collector more. */
export function zeros(length: number): number[] {
  return ZEROS.slice(0, length);
}
