import type { Connection, Submittable } from 'pg';

/** Rows for `COPY … FROM STDIN (FORMAT binary)`. */
export interface CopyOfRows {
  readonly text: string;
  /** The rows one after the other, cut anywhere. */
  readonly pieces: readonly Uint8Array[];
}

const COPY_DATA = 0x64;
const MESSAGE_HEADER_BYTES = 5;
/** Signature, no flags, no extension. */
const FILE_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** −1 in place of a row's number of fields, then the message CopyDone. */
const FILE_TRAILER = Buffer.from('\xff\xffc\0\0\0\x04', 'latin1');
const TRAILER_DATA_BYTES = 2;

/**
 * The driver's part of COPY: it knows the messages, but has no statement that sends any. All rows are one message,
 * handed over without a copy.
 */
export class CopyIn implements Submittable {
  readonly #copy: CopyOfRows;
  /** Called once; the driver puts another one in its place when it measures the time. */
  callback: (error: unknown) => void;

  constructor(copy: CopyOfRows, callback: (error: unknown) => void) {
    this.#copy = copy;
    this.callback = callback;
  }

  submit(connection: Connection): void {
    connection.query(this.#copy.text);
  }

  handleCopyInResponse({ stream }: Connection): void {
    const { pieces } = this.#copy;
    const dataBytes = pieces.reduce((sum, piece) => sum + piece.length, FILE_HEADER.length + TRAILER_DATA_BYTES);
    const header = Buffer.alloc(MESSAGE_HEADER_BYTES, COPY_DATA);
    // The length counts itself, not the type before it.
    header.writeInt32BE(dataBytes + MESSAGE_HEADER_BYTES - 1, 1);
    stream.cork();
    for (const part of [header, FILE_HEADER, ...pieces, FILE_TRAILER]) stream.write(part);
    stream.uncork();
  }

  /** The transaction ends, and the answer is certain, only with `handleReadyForQuery`. */
  handleCommandComplete(): void {
    return;
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: unknown): void {
    this.callback(error);
  }
}
