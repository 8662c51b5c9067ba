import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Client } from 'pg';
import { boolArray, float8Array, int4Array, int8Array, jsonArray, textArray, uuidArray } from './binary-arrays.js';
import { createTestDatabase, type TestDatabase } from './testing/create-test-database.js';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What Postgres reads, as the text that it writes for each element. */
const read = async (type: string, bytes: Buffer): Promise<(string | null)[]> => {
  const { rows } = await client.query<{ element: string | null }>(
    `SELECT element::text FROM unnest($1::${type}[]) WITH ORDINALITY AS read (element, number) ORDER BY number`,
    [bytes],
  );
  return rows.map(({ element }) => element);
};

describe('binary arrays', () => {
  it('carry any text; NUL and lone surrogates become U+FFFD', async () => {
    const texts = fc.array(fc.option(fc.string({ unit: 'binary' }), { nil: undefined }));
    await fc.assert(
      fc.asyncProperty(texts, async (values) => {
        const expected = values.map((value) =>
          value === undefined ? null : Buffer.from(value).toString().replaceAll('\0', '\u{fffd}'),
        );
        expect(await read('text', textArray(values))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
    expect(await read('text', textArray(['a\0b', '\ud800', undefined, '']))).toEqual([
      'a\u{fffd}b',
      '\u{fffd}',
      null,
      '',
    ]);
  });

  it('carry whole numbers up to 2⁵³ either way', async () => {
    const values = [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(await read('bigint', int8Array(values))).toEqual(values.map(String));
    expect(await read('integer', int4Array([0, -5, 2 ** 31 - 1]))).toEqual(['0', '-5', '2147483647']);
  });

  it('carry fractions, truths, JSON and uuids', async () => {
    expect(await read('double precision', float8Array([0.1, undefined, -2.5]))).toEqual(['0.1', null, '-2.5']);
    expect(await read('boolean', boolArray([true, false]))).toEqual(['true', 'false']);
    expect(await read('json', jsonArray(['{"a":"ä"}', undefined]))).toEqual(['{"a":"ä"}', null]);
    const bytes = String.fromCharCode(...Array.from({ length: 16 }, (_, i) => 0xf0 + i));
    expect(await read('uuid', uuidArray([bytes]))).toEqual(['f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff']);
  });

  it('may be empty', async () => {
    expect(await read('text', textArray([]))).toEqual([]);
  });
});
