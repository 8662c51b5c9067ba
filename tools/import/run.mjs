import { setTimeout as sleep } from 'node:timers/promises';
import { createProgressBar } from '../ndjson/progress-bar.mjs';
import { describeRefusal } from '../ndjson/read-lines.mjs';
import { parseArguments } from './arguments.mjs';
import { readBatches } from './batches.mjs';
import { sendBatch } from './send-batch.mjs';
import { createTally } from './tally.mjs';

/**
 * Answers the exit code: 0 when every line is there now.
 *
 * @param {string[]} args
 * @param {{ print?: (line: string) => void, complain?: (line: string) => void, wait?: (ms: number) => Promise<unknown> }} [effects]
 */
export async function runImport(args, { print = console.log, complain = console.error, wait = sleep } = {}) {
  const tally = createTally();
  const bar = createProgressBar('importing');
  try {
    const { file, url } = parseArguments(args);
    await sendAll(file, url, { tally, bar, key: process.env.RETRY_ADMIN_KEY, wait });
    bar.end();
  } catch (error) {
    bar.end();
    const soFar =
      tally.lines === 0 ? '' : `; ${describe(tally.counts)} until then, and it is safe to import the file again`;
    complain(`${error.message}${soFar}`);
    return 1;
  }
  print(describe(tally.counts));
  for (const refusal of tally.refused) print(describeRefusal(refusal));
  return tally.counts.refused === 0 ? 0 : 1;
}

/** One batch at a time: the file is read no faster than the server stores. */
async function sendAll(file, url, { tally, bar, ...sending }) {
  for await (const { lines, texts, share } of readBatches(file, tally)) {
    const onWait = (waitMs, problem) => bar.show(share, `waiting ${Math.ceil(waitMs / 1_000)} s: ${problem}`);
    const results = await sendBatch(url, texts, { ...sending, onWait });
    lines.forEach((line, i) => tally.count(line, results[i] ?? { status: 'error', details: 'got no answer' }));
    bar.show(share, `${tally.lines} lines`);
  }
}

function describe({ recorded, duplicates, skipped, refused }) {
  const parts = [
    `${count(recorded)} recorded`,
    `${count(duplicates)} duplicates`,
    ...(skipped > 0 ? [`${count(skipped)} skipped: the API collects no data, or a sample only`] : []),
    `${count(refused)} refused`,
  ];
  return parts.join(', ');
}

function count(n) {
  return n.toLocaleString('en-US');
}
