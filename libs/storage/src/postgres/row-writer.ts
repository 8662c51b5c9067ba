/** Memory that rows are written to, one behind the other. */
interface Chunk {
  readonly bytes: Buffer;
  /** Rows in it that have not been released. */
  rows: number;
}

/** Where a row stands. */
export interface WrittenRow {
  readonly chunk: Chunk;
  readonly from: number;
  readonly to: number;
}

/** Much larger than a row, so that little is left over at the end. */
const CHUNK_BYTES = 2 ** 18;
/** What is kept for later rows; under steady load about as many are in use. */
const MAX_SPARE_CHUNKS = 8;
const NULL_LENGTH = -1;
/** A UTF-16 unit takes at most three bytes. */
const MAX_BYTES_OF_UNIT = 3;
const NUL = /\0/g;

/**
 * Writes rows in the binary format of Postgres' COPY, one behind the other: the number of fields, then each field after
 * its length, −1 for null. Rows that wait are bytes outside the heap: the collector neither copies nor looks at them.
 * Chunks are used again: each new one counts towards the next collection of the whole heap.
 */
export class RowWriter {
  #chunk = createChunk(CHUNK_BYTES);
  readonly #spare: Chunk[] = [];
  #from = 0;
  #at = 0;

  begin(fields: number): void {
    this.#from = this.#at;
    this.#reserve(2);
    this.#at = this.#bytes.writeInt16BE(fields, this.#at);
  }

  /** A whole number, up to ±2⁵³, as `bigint`. */
  int8(value: number): void {
    this.#reserve(12);
    const high = Math.floor(value / 2 ** 32);
    this.#bytes.writeInt32BE(8, this.#at);
    this.#bytes.writeInt32BE(high, this.#at + 4);
    this.#at = this.#bytes.writeUInt32BE(value - high * 2 ** 32, this.#at + 8);
  }

  float8(value: number): void {
    this.#reserve(12);
    this.#at = this.#bytes.writeDoubleBE(value, this.#bytes.writeInt32BE(8, this.#at));
  }

  /** @param bit 1 for true, 0 for false */
  bool(bit: number): void {
    this.#reserve(5);
    this.#at = this.#bytes.writeUInt8(bit, this.#bytes.writeInt32BE(1, this.#at));
  }

  /** NUL characters and lone surrogates, which Postgres cannot store, become U+FFFD: one would spoil other people's rows. */
  text(value: string | undefined): void {
    if (value === undefined) {
      this.#reserve(4);
      this.#at = this.#bytes.writeInt32BE(NULL_LENGTH, this.#at);
    } else this.json(value.includes('\0') ? value.replace(NUL, '\u{fffd}') : value);
  }

  /** @param value JSON text that Postgres can store */
  json(value: string): void {
    this.#reserve(4 + MAX_BYTES_OF_UNIT * value.length);
    const length = this.#bytes.write(value, this.#at + 4);
    this.#at = this.#bytes.writeInt32BE(length, this.#at) + length;
  }

  end(): WrittenRow {
    this.#chunk.rows++;
    return { chunk: this.#chunk, from: this.#from, to: this.#at };
  }

  /** Rows that nobody reads any more: others may be written in their place. What is never released is left to the collector. */
  release(rows: readonly WrittenRow[]): void {
    for (const { chunk } of rows) {
      chunk.rows--;
      this.#keepIfUnused(chunk);
    }
  }

  get #bytes(): Buffer {
    return this.#chunk.bytes;
  }

  #keepIfUnused(chunk: Chunk): void {
    const isKept = chunk !== this.#chunk && chunk.rows === 0 && chunk.bytes.length === CHUNK_BYTES;
    if (isKept && this.#spare.length < MAX_SPARE_CHUNKS) this.#spare.push(chunk);
  }

  /** Moves a row that has no room left to another chunk; those before it stay where they are. */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const full = this.#chunk;
    const begun = full.bytes.subarray(this.#from, this.#at);
    const needed = begun.length + bytes;
    this.#chunk = (needed <= CHUNK_BYTES ? this.#spare.pop() : undefined) ?? createChunk(Math.max(CHUNK_BYTES, needed));
    this.#at = begun.copy(this.#bytes);
    this.#from = 0;
    this.#keepIfUnused(full);
  }
}

function createChunk(bytes: number): Chunk {
  return { bytes: Buffer.allocUnsafeSlow(bytes), rows: 0 };
}

/** The bytes of these rows in as few pieces as they were written. */
export function piecesOf(rows: readonly WrittenRow[]): readonly Uint8Array[] {
  const pieces: { readonly bytes: Buffer; readonly from: number; to: number }[] = [];
  for (const { chunk, from, to } of rows) {
    const { bytes } = chunk;
    const last = pieces.at(-1);
    if (last?.bytes === bytes && last.to === from) last.to = to;
    else pieces.push({ bytes, from, to });
  }
  return pieces.map(({ bytes, from, to }) => bytes.subarray(from, to));
}

/** Each field of a row with its length before it, as arrays hold their elements, too. */
export function fieldsOf({ chunk: { bytes }, from }: WrittenRow): readonly Uint8Array[] {
  const fields: Uint8Array[] = [];
  let at = from + 2;
  for (let left = bytes.readInt16BE(from); left > 0; left--) {
    const end = at + 4 + Math.max(0, bytes.readInt32BE(at));
    fields.push(bytes.subarray(at, end));
    at = end;
  }
  return fields;
}
