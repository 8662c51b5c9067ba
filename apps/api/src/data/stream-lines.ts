import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';

/** How long a reader may take nothing of what is ready for it. */
const PATIENCE_MS = 60_000;

/**
 * A stream of JSON lines that `produce` writes one by one, no faster than they are read. Where `produce` fails the stream
 * breaks off, which a reader can tell from its end; where the reader leaves, or takes nothing for `patienceMs`, the stream
 * ends and the write rejects.
 */
export function streamLines(
  produce: (write: (line: object) => Promise<void>) => Promise<void>,
  { patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {},
): Readable {
  const stream = new PassThrough();
  // A reader that leaves is no failure of ours.
  stream.on('error', () => undefined);
  const left = once(stream, 'close').then(() => {
    throw new Error('the reader has left');
  });
  left.catch(() => undefined);
  const untilDrained = async () => {
    const impatience = setTimeout(() => stream.destroy(new Error('the reader takes nothing')), patienceMs);
    try {
      await Promise.race([once(stream, 'drain'), left]);
    } finally {
      clearTimeout(impatience);
    }
  };
  const write = async (line: object) => {
    if (stream.destroyed) throw new Error('the reader has left');
    if (!stream.write(`${JSON.stringify(line)}\n`)) await untilDrained();
  };
  produce(write).then(
    () => stream.end(),
    (error: unknown) => stream.destroy(error instanceof Error ? error : new Error('the export failed')),
  );
  return stream;
}
