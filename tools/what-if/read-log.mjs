import { readLogLine } from '../../apps/api/dist/what-if/logged-attempt.dto.js';
import { AttemptLog } from '../../libs/simulation/dist/what-if/index.js';
import { parseLine, readLines } from '../ndjson/read-lines.mjs';

const MAX_REFUSED_NAMED = 20;

/** The attempts of a file, as the API would read them; lines that are none are counted, and the first ones named. */
export async function readLog(file, { onLine }) {
  const log = new AttemptLog();
  const refused = [];
  let refusedCount = 0;
  for await (const { number, text, share } of readLines(file)) {
    const parsed = parseLine(text);
    const line = 'problem' in parsed ? parsed : readLogLine(parsed.value);
    if ('attempt' in line) log.add(line.attempt);
    else if (refusedCount++ < MAX_REFUSED_NAMED) refused.push({ line: number, ...line.problem });
    onLine(share, number);
  }
  return { log, refused, refusedCount };
}
