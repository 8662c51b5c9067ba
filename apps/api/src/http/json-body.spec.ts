import { describe, expect, it } from '@jest/globals';
import { findUnstorableText } from './json-body.js';

describe('findUnstorableText', () => {
  it.each([
    [{ a: 'x\0y' }, 'a'],
    [{ a: { b: ['ok', '\ud800'] } }, 'a'],
    [{ a: 1, health: { 'c\0pu': 1 } }, 'health'],
  ])('finds it in %j', (body, field) => {
    expect(findUnstorableText(body)).toBe(field);
  });

  it('leaves text alone that only looks like an escape', () => {
    expect(findUnstorableText({ a: '\\u0000', b: '😀', c: null, d: [1, true] })).toBeNull();
  });

  it('goes as deep as a body can', () => {
    const depth = 30_000;
    const body: unknown = JSON.parse(`${'['.repeat(depth)}"\\u0000"${']'.repeat(depth)}`);
    expect(findUnstorableText(body)).not.toBeNull();
  });
});
