import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { readLogLine } from '../../apps/api/dist/what-if/logged-attempt.dto.js';
import { rowsOfLog, trainModel } from '../../libs/training/dist/index.js';
import { createProgressBar } from '../ndjson/progress-bar.mjs';
import { describeRefusal, parseLine, readLines } from '../ndjson/read-lines.mjs';
import { parseArguments } from './arguments.mjs';
import { writeReport } from './report.mjs';

const MAX_REFUSED_NAMED = 20;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/**
 * Answers the exit code.
 *
 * @param {readonly string[]} args
 * @param {{ print?: (line: string) => void, complain?: (line: string) => void }} [effects]
 */
export async function runTraining(args, { print = console.log, complain = console.error } = {}) {
  const reading = createProgressBar('reading');
  const training = createProgressBar('training');
  try {
    const { file, out, request } = parseArguments(args);
    const { attempts, refused, refusedCount } = await read(file, reading);
    reading.end();
    const { rows, leftOut, duplicates } = rowsOfLog(attempts);
    const model = await trainModel(rows, request, {
      // The log's own clock: the same file gives the same bytes, whenever it is trained on.
      nowMs: rows.reduce((latest, { atMs }) => Math.max(latest, atMs), 0) + 1,
      sha256,
      onProgress: (share) => training.show(share, ''),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    });
    training.end();
    await writeFile(out, model.bytes);
    for (const line of writeReport(model, {
      attempts: attempts.length,
      retries: rows.length,
      leftOut,
      duplicates,
      out,
    }))
      print(line);
    for (const refusal of refused) print(describeRefusal(refusal));
    if (refusedCount > refused.length) print(`… and ${refusedCount - refused.length} further lines`);
    return 0;
  } catch (error) {
    reading.end();
    training.end();
    complain(error.message);
    return 1;
  }
}

async function read(file, bar) {
  const attempts = [];
  const refused = [];
  let refusedCount = 0;
  for await (const { number, text, share } of readLines(file)) {
    const parsed = parseLine(text);
    const line = 'problem' in parsed ? parsed : readLogLine(parsed.value);
    if ('attempt' in line) attempts.push(line.attempt);
    else if (refusedCount++ < MAX_REFUSED_NAMED) refused.push({ line: number, ...line.problem });
    bar.show(share, `line ${number}`);
  }
  return { attempts, refused, refusedCount };
}
