import { parseLine, readLines } from '../ndjson/read-lines.mjs';

const MAX_LINES = 2_000;
/** Below what a batch may have, with room for the rest of its body. */
const MAX_BYTES = 4_000_000;

/**
 * The lines of a file as batches of JSON texts with their line numbers; those that are none are handed to `refuse`. No batch
 * holds two attempts of one job, and earlier attempts come first: an attempt is linked to the failure that it followed when
 * that one is stored already.
 */
export async function* readBatches(file, { refuse }) {
  let lines = [];
  let bytes = 0;
  for await (const { number, text, share } of readLines(file)) {
    const parsed = parseLine(text);
    const size = Buffer.byteLength(text);
    if ('problem' in parsed || size > MAX_BYTES) {
      refuse({ line: number, path: '', message: parsed.problem?.message ?? 'is too long' });
      continue;
    }
    if (lines.length === MAX_LINES || bytes + size > MAX_BYTES) {
      yield* spread(lines);
      lines = [];
      bytes = 0;
    }
    lines.push({ number, text, share, job: jobOf(parsed.value), attemptNumber: parsed.value?.attempt_number });
    bytes += size;
  }
  yield* spread(lines);
}

function jobOf(attempt) {
  return JSON.stringify([attempt?.tenant ?? '', attempt?.job_id]);
}

/** The first attempts of all jobs together, then the second ones, and so on. */
function* spread(lines) {
  const placeInJob = new Map();
  const batches = [];
  const share = lines.at(-1)?.share;
  for (const line of lines.toSorted((a, b) => a.attemptNumber - b.attemptNumber || a.number - b.number)) {
    const place = placeInJob.get(line.job) ?? 0;
    placeInJob.set(line.job, place + 1);
    batches[place] ??= { lines: [], texts: [], share };
    batches[place].lines.push(line.number);
    batches[place].texts.push(line.text);
  }
  yield* batches;
}
