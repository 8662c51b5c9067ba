/** A source of uniform draws on [0, 1). All randomness of a decision comes from one of these, so that it can be replayed. */
export type Rng = () => number;

/**
 * sfc32 seeded by four 32-bit words: the same words give the same sequence on every platform.
 *
 * @see Chris Doty-Humphrey, PractRand, "sfc" (small fast counting generator)
 */
export function createRng(seed: readonly [number, number, number, number]): Rng {
  let [a, b, c, counter] = seed;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first outputs still show the seed's structure; PractRand's own seeding discards them as well.
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** A uniform integer on the closed range [lo, hi]; `lo` when the range is empty. */
export function uniformInteger(rng: Rng, lo: number, hi: number): number {
  return hi <= lo ? lo : lo + Math.floor(rng() * (hi - lo + 1));
}
