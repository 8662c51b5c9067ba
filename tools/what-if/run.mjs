import { fromWhatIf } from '../../apps/api/dist/what-if/what-if-answer.dto.js';
import { askWhatIf } from '../../libs/simulation/dist/what-if/index.js';
import { createProgressBar } from '../ndjson/progress-bar.mjs';
import { parseArguments } from './arguments.mjs';
import { readLog } from './read-log.mjs';
import { writeReport } from './report.mjs';

/** Answers the exit code. */
export async function runWhatIf(args, { print = console.log, complain = console.error } = {}) {
  try {
    const { file, policies, objective, isJson } = parseArguments(args);
    const { log, refused, refusedCount } = await read(file);
    const answer = think(askWhatIf(log, { policies, objective }));
    // The same answer as `POST /what-if` gives, but that a line has a number and no index.
    const written = { ...fromWhatIf({ answer, refused: [], refusedCount }), refused_attempts: refused };
    print(isJson ? JSON.stringify(written, null, 2) : writeReport(file, written));
    return 0;
  } catch (error) {
    complain(error.message);
    return 1;
  }
}

async function read(file) {
  const bar = createProgressBar('reading');
  try {
    return await readLog(file, { onLine: (share, lines) => bar.show(share, `line ${lines}`) });
  } finally {
    bar.end();
  }
}

function think(work) {
  const bar = createProgressBar('estimating');
  for (;;) {
    const { done, value } = work.next();
    if (!done) {
      bar.show(value, '');
      continue;
    }
    bar.end();
    return value;
  }
}
