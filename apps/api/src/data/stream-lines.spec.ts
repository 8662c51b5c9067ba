import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { streamLines } from './stream-lines.js';

const LINE = { text: 'x'.repeat(100_000) };
const LINES = 5;

/** Writes more than any buffer holds, and tells how that ended. */
const produceMuch = () => {
  let tellEnd: (end: unknown) => void;
  const ended = new Promise((resolve) => (tellEnd = resolve));
  const produce = async (write: (line: object) => Promise<void>) => {
    try {
      for (let i = 0; i < LINES; i++) await write(LINE);
      tellEnd('complete');
    } catch (error) {
      tellEnd(error);
      throw error;
    }
  };
  return { produce, ended };
};

describe('lines for a reader', () => {
  it('end when it takes nothing for as long as patience lasts', async () => {
    const { produce, ended } = produceMuch();
    const stream = streamLines(produce, { patienceMs: 5 });
    expect(await ended).toMatchObject({ message: 'the reader takes nothing' });
    expect(stream.destroyed).toBe(true);
  });

  it('wait for one who takes them late, where patience lasts longer', async () => {
    const { produce, ended } = produceMuch();
    const stream = streamLines(produce);
    await once(stream, 'readable');
    expect((await text(stream)).trimEnd().split('\n')).toHaveLength(LINES);
    expect(await ended).toBe('complete');
  });

  it('end when it leaves', async () => {
    const { produce, ended } = produceMuch();
    streamLines(produce).destroy();
    expect(await ended).toMatchObject({ message: 'the reader has left' });
  });
});
