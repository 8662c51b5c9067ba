import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Reads a file of one JSON value a line piece by piece, `-` for standard input, and yields each line that is not blank with
 * its number and the share of the file that is read. Only a line feed ends a line: JSON text may hold every other separator.
 */
export async function* readLines(path) {
  const isStandardInput = path === '-';
  const bytes = isStandardInput ? null : await sizeOf(path);
  const stream = isStandardInput ? process.stdin : createReadStream(path);
  stream.setEncoding('utf8');
  let rest = '';
  let number = 0;
  for await (const chunk of stream) {
    const share = bytes === null ? null : stream.bytesRead / bytes;
    const texts = (rest + chunk).split('\n');
    rest = texts.pop();
    for (const text of texts) {
      number++;
      if (text.trim() !== '') yield { number, text: number === 1 ? withoutMark(text) : text, share };
    }
  }
  if (rest.trim() !== '') yield { number: number + 1, text: number === 0 ? withoutMark(rest) : rest, share: 1 };
}

async function sizeOf(path) {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.code}`, {
      cause,
    });
  }
}

/** The value, or why there is none. */
export function parseLine(text) {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: { path: '', message: 'is not JSON' } };
  }
}

/** For people: `line 3: success must be boolean`. */
export function describeRefusal({ line, path, message }) {
  return `line ${line}: ${path === '' ? '' : `${path} `}${message}`;
}

function withoutMark(text) {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
