import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import { pino } from 'pino';
import { untilAvailable } from './until-available.js';

const AWAY = new SmartRetryError('STORE_UNAVAILABLE', 'the database does not answer');

const logged: { readonly code?: string }[] = [];
const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as { code?: string }) });

/** Work that fails with each of these in turn, then succeeds; how often it was tried. */
function createWork(failures: readonly Error[]) {
  const work = async () => {
    const failure = failures[work.tries++];
    if (failure !== undefined) throw failure;
  };
  work.tries = 0;
  return work;
}

describe('untilAvailable', () => {
  it('tries again while the database is away, and says so once', async () => {
    logged.length = 0;
    const work = createWork([AWAY, AWAY]);
    await untilAvailable(work, { logger, signal: new AbortController().signal });
    expect([work.tries, logged.map(({ code }) => code)]).toEqual([3, [AWAY.code]]);
  });

  it('passes on whatever else goes wrong at once', async () => {
    const broken = new Error('broken');
    const work = createWork([broken]);
    await expect(untilAvailable(work, { logger, signal: new AbortController().signal })).rejects.toBe(broken);
    expect(work.tries).toBe(1);
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const work = createWork(new Array<Error>(100).fill(AWAY));
    const waiting = untilAvailable(work, { logger, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(work.tries).toBe(1);
  });
});
