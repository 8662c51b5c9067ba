import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ERROR_KINDS, SmartRetryError, throwIfProblems } from './errors.js';

const DOCS = new URL('../../../docs/errors.md', import.meta.url);
const ROW = /^\| `([A-Z_]+)` *\| (\w+) *\| (\d{3}) *\| .+ \| .+ \|$/gm;

describe('docs/errors.md', () => {
  const rows = [...readFileSync(DOCS, 'utf8').matchAll(ROW)].map(([, code, kind, status]) => ({ code, kind, status }));
  const ours = rows.filter(({ kind }) => kind !== 'transport');

  it('describes every code of the registry with its kind, once, and no other', () => {
    const described = ours.map(({ code, kind }) => `${code}: ${kind}`);
    const registered = Object.entries(ERROR_KINDS).map(([code, kind]) => `${code}: ${kind}`);
    expect(described.sort()).toEqual(registered.sort());
  });

  it('answers each kind with one status', () => {
    const statuses = new Set(ours.map(({ kind, status }) => `${kind}: ${status}`));
    expect(statuses.size).toBe(new Set(ours.map(({ kind }) => kind)).size);
  });
});

describe('SmartRetryError', () => {
  it('knows its kind by its code', () => {
    expect(new SmartRetryError('POLICY_EXISTS', 'taken').kind).toBe('conflict');
  });

  it('keeps the cause that an adapter translated', () => {
    const cause = new Error('ECONNREFUSED');
    expect(new SmartRetryError('STORE_UNAVAILABLE', 'no answer', { cause }).cause).toBe(cause);
  });

  it('has no cause when none is given', () => {
    expect('cause' in new SmartRetryError('INTERNAL', 'ours')).toBe(false);
  });
});

describe('throwIfProblems', () => {
  it('throws one error that lists every problem', () => {
    const problems = [
      { path: 'name', message: 'is missing' },
      { path: 'delay', message: 'is negative' },
    ];
    expect(() => throwIfProblems('INVALID_POLICY', problems)).toThrow(
      expect.objectContaining({
        code: 'INVALID_POLICY',
        message: 'name: is missing; delay: is negative',
        fields: problems,
      }),
    );
  });

  it('throws nothing without a problem', () => {
    expect(() => throwIfProblems('INVALID_POLICY', [])).not.toThrow();
  });
});
