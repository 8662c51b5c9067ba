import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { compileSchema } from './compile-schema.js';
import { markUnstorableText, maySpoilStores, UNSTORABLE_MESSAGE, UNSTORABLE_TEXT } from './unstorable-text.js';

const mark = (json: string): unknown => markUnstorableText(JSON.parse(json));

describe('markUnstorableText', () => {
  it.each([
    ['{"a":"x\\u0000y","b":1}', { a: UNSTORABLE_TEXT, b: 1 }],
    ['{"a":{"b":["ok","\\ud800"]}}', { a: { b: ['ok', UNSTORABLE_TEXT] } }],
    ['{"health":{"c\\u0000pu":1}}', { health: { 'c\0pu': UNSTORABLE_TEXT } }],
    ['"\\udc00"', UNSTORABLE_TEXT],
    ['{"a":"caf\ufffd","b":"caf\\ufffd"}', { a: UNSTORABLE_TEXT, b: UNSTORABLE_TEXT }],
  ])('finds it in %s', (json, marked) => {
    expect(maySpoilStores(json)).toBe(true);
    expect(mark(json)).toEqual(marked);
  });

  it('leaves text alone that only looks like an escape, and messages that are never stored', () => {
    const json = '{"a":"\\\\u0000","b":"\\ud83d\\ude00","c":null,"d":[1,true],"error_message":"\\u0000\\ud800"}';
    expect(mark(json)).toEqual(JSON.parse(json));
  });

  it('goes as deep as a body can', () => {
    const depth = 30_000;
    let innermost = mark(`${'['.repeat(depth)}"\\u0000"${']'.repeat(depth)}`);
    while (Array.isArray(innermost)) innermost = innermost[0];
    expect(innermost).toBe(UNSTORABLE_TEXT);
  });
});

describe('a schema', () => {
  const check = compileSchema(
    Type.Object({
      name: Type.String(),
      health: Type.Optional(Type.Record(Type.String(), Type.Number())),
      any: Type.Optional(
        Type.Unsafe<object | null>({ type: ['object', 'string', 'number', 'boolean', 'array', 'null'] }),
      ),
    }),
  );
  const fieldsOf = (json: string) => {
    try {
      check(mark(json));
      return [];
    } catch (error) {
      return (error as { readonly fields: readonly unknown[] }).fields;
    }
  };
  const message = UNSTORABLE_MESSAGE;

  it('refuses unstorable text in a field that it knows, by its name', () => {
    expect(fieldsOf('{"name":"\\ud83d"}')).toEqual([{ path: 'name', message }]);
    expect(fieldsOf('{"name":"a","any":"\\u0000"}')).toEqual([{ path: 'any', message }]);
    expect(fieldsOf('{"name":"a","health":{"c\\u0000":1}}')).toEqual([{ path: 'health.c\ufffd', message }]);
  });

  it('lets it pass in one that it does not know', () => {
    expect(fieldsOf('{"name":"a","zz":"\\ud800","z\\u0000":1}')).toEqual([]);
  });
});
