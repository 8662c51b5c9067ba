import { median, table } from './report.mjs';

/**
 * Runs each subject many times a round, interleaved, so that whatever else the machine does meets all of them alike.
 * What is to be done before each operation of a subject is not timed.
 */
export async function timeInterleaved(subjects, { rounds, operations, before = {}, betweenRounds }) {
  const samples = new Map(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const microseconds = new Float64Array(operations);
      let sink = 0;
      for (let i = 0; i < operations; i++) {
        before[name]?.(i);
        const from = process.hrtime.bigint();
        sink += run(i);
        microseconds[i] = Number(process.hrtime.bigint() - from) / 1_000;
      }
      if (!Number.isFinite(sink)) throw new Error(`${name}: results are not finite`);
      // The first warms up.
      if (round > 0) samples.get(name).push(summarise(microseconds));
      await betweenRounds?.();
    }
  }
  return samples;
}

function summarise(microseconds) {
  const mean = microseconds.reduce((sum, value) => sum + value, 0) / microseconds.length;
  const sorted = microseconds.sort();
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  return { mean, p50: at(0.5), p99: at(0.99) };
}

/** A Markdown table of what `timeInterleaved` found: medians of the rounds, and the range of their means. */
export function tabulateTimings(samples) {
  const rows = [...samples].map(([name, rounds]) => {
    const means = rounds.map(({ mean }) => mean);
    const middle = (key) => median(rounds.map((round) => round[key])).toFixed(2);
    const range = `${Math.min(...means).toFixed(2)}–${Math.max(...means).toFixed(2)}`;
    return [name, middle('mean'), range, middle('p50'), middle('p99')];
  });
  return table(['operation', 'mean µs', 'range of means', 'p50 µs', 'p99 µs'], rows);
}
