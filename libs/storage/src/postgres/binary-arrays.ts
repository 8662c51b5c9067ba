/*
 * Arrays in the binary format of Postgres: hardly anything to parse on either side, and nothing to escape. One dimension:
 * its number, whether there are nulls, the type of the elements, their number, the first index; then each element after
 * its length, −1 for null.
 */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
const NULL_ELEMENT = Buffer.alloc(4, 0xff);
/** A UTF-16 unit takes at most three bytes. */
const MAX_BYTES_OF_UNIT = 3;
const NUL = /\0/g;

/** OIDs of `pg_type`. */
const BOOL = 16;
const INT8 = 20;
const INT4 = 23;
const TEXT = 25;
const JSON_TYPE = 114;
const FLOAT8 = 701;
const UUID = 2950;

const TYPES = { bigint: INT8, boolean: BOOL, 'double precision': FLOAT8, text: TEXT, json: JSON_TYPE } as const;
export type ElementType = keyof typeof TYPES;

type Write<T> = (bytes: Buffer, value: T, at: number) => void;

/** Whole numbers, up to ±2⁵³. */
export function int8Array(values: readonly number[]): Buffer {
  return fixedArray(INT8, 8, values, (bytes, value, at) => {
    const high = Math.floor(value / 2 ** 32);
    bytes.writeInt32BE(high, at);
    bytes.writeUInt32BE(value - high * 2 ** 32, at + 4);
  });
}

export function int4Array(values: readonly number[]): Buffer {
  return fixedArray(INT4, 4, values, (bytes, value, at) => bytes.writeInt32BE(value, at));
}

export function float8Array(values: readonly (number | undefined)[]): Buffer {
  return fixedArray(FLOAT8, 8, values, (bytes, value, at) => bytes.writeDoubleBE(value, at));
}

export function boolArray(values: readonly boolean[]): Buffer {
  return fixedArray(BOOL, 1, values, (bytes, value, at) => bytes.writeUInt8(Number(value), at));
}

/** @param values each as 16 characters of one byte */
export function uuidArray(values: readonly string[]): Buffer {
  return fixedArray(UUID, 16, values, (bytes, value, at) => bytes.write(value, at, 'latin1'));
}

/** NUL characters and lone surrogates, which Postgres cannot store, become U+FFFD: one would spoil other people's rows. */
export function textArray(values: readonly (string | undefined)[]): Buffer {
  return variableArray(TEXT, values, (value) => (value.includes('\0') ? value.replace(NUL, '\u{fffd}') : value));
}

/** @param values JSON texts that Postgres can store */
export function jsonArray(values: readonly (string | undefined)[]): Buffer {
  return variableArray(JSON_TYPE, values, (value) => value);
}

/** @param elements each with its length before it, −1 for null */
export function arrayOfElements(type: ElementType, elements: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const headerBytes = writeHeader(header, TYPES[type], elements, elements.some(isNull));
  return Buffer.concat([header.subarray(0, headerBytes), ...elements]);
}

function isNull(element: Uint8Array): boolean {
  return element.length === NULL_ELEMENT.length && NULL_ELEMENT.equals(element);
}

function fixedArray<T>(
  elementType: number,
  elementBytes: number,
  values: readonly (T | undefined)[],
  write: Write<T>,
): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + elementBytes));
  let at = writeHeader(bytes, elementType, values);
  for (const value of values) {
    at = bytes.writeInt32BE(value === undefined ? NULL_LENGTH : elementBytes, at);
    if (value === undefined) continue;
    write(bytes, value, at);
    at += elementBytes;
  }
  return bytes.subarray(0, at);
}

function variableArray(
  elementType: number,
  values: readonly (string | undefined)[],
  storable: (value: string) => string,
): Buffer {
  const units = values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + values.length * 4 + units * MAX_BYTES_OF_UNIT);
  let at = writeHeader(bytes, elementType, values);
  for (const value of values) {
    const elementBytes = value === undefined ? NULL_LENGTH : bytes.write(storable(value), at + 4);
    at = bytes.writeInt32BE(elementBytes, at) + Math.max(0, elementBytes);
  }
  return bytes.subarray(0, at);
}

/** Answers where the first element begins. An empty array has no dimension. */
function writeHeader(
  bytes: Buffer,
  elementType: number,
  values: readonly unknown[],
  hasNull = values.includes(undefined),
): number {
  const isEmpty = values.length === 0;
  let at = bytes.writeInt32BE(isEmpty ? 0 : 1, 0);
  at = bytes.writeInt32BE(hasNull ? 1 : 0, at);
  at = bytes.writeInt32BE(elementType, at);
  if (isEmpty) return at;
  at = bytes.writeInt32BE(values.length, at);
  return bytes.writeInt32BE(1, at);
}
