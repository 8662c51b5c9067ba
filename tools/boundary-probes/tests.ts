// as: libs/domain/src/__probe__.spec.ts, libs/storage/src/__probe__.int-spec.ts, libs/storage/src/contract/__probe__.ts
import { describe, expect, fit, it, jest, test } from '@jest/globals';
import 'fast-check';
import 'node:fs';
import './testing/builders.js';
import 'autocannon'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/engine'; // expect: @nx/enforce-module-boundaries

describe('a suite', () => {
  it('runs', () => {
    expect(Date.now()).toBeGreaterThan(process.pid - process.pid);
  });
  it.each([1])('runs for %d', (n) => {
    expect(n).toBe(1);
  });
  it.only('runs alone', () => undefined); // expect: no-restricted-syntax
  it.skip('does not run', () => undefined); // expect: no-restricted-syntax
  it.todo('will run'); // expect: no-restricted-syntax
  test.failing('runs in vain', () => undefined); // expect: no-restricted-syntax
  fit('runs alone as well', () => undefined); // expect: no-restricted-syntax
});
describe.only('a suite alone', () => undefined); // expect: no-restricted-syntax
describe.skip.each([1])('a skipped suite', () => undefined); // expect: no-restricted-syntax

jest.mock('./errors.js'); // expect: no-restricted-syntax
jest.unstable_mockModule('./errors.js', () => ({})); // expect: no-restricted-syntax
export const listener = jest.fn();
export const anything: any = 1; // expect: @typescript-eslint/no-explicit-any
export default listener; // expect: no-restricted-syntax
