const LONGEST = 128;

/**
 * An array that has held fractions keeps its numbers unboxed, and so do its copies. One that is made with its length has holes,
 * as the engine sees it: each number that is read from it might be missing, and is boxed to find out.
 */
const ZEROS: number[] = [];
for (let i = 0; i < LONGEST; i++) ZEROS.push(0.5);
ZEROS.fill(0);

/** So many zeros (at most 128), to be written over. A typed array of so few numbers costs ten times as much to make, and the collector more. */
export function zeros(length: number): number[] {
  return ZEROS.slice(0, length);
}
