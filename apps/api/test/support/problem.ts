import { expect } from '@jest/globals';
import type { Answer } from './client.js';

const INTERNALS = /node_modules|\bat .+:\d+:\d+|select |insert |postgres|ECONN|file:\/\/|\.ts\b|\.js\b/i;

/** Fails unless the answer is a refusal with this status, in the one shape that all have. */
export function expectProblem({ status, body, headers, text }: Answer, expectedStatus: number, code?: string): void {
  expect({ status, text }).toEqual({ status: expectedStatus, text: expect.any(String) });
  expect(body).toEqual({
    error: expect.stringMatching(/\S/),
    status: expectedStatus,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    details: expect.stringMatching(/\S/),
    code: code ?? expect.stringMatching(/^[A-Z][A-Z_]+$/),
    request_id: headers.get('x-request-id'),
    ...('fields' in body && { fields: expect.any(Array) }),
    ...('counts' in body && { counts: expect.any(Object) }),
  });
  expect(text).not.toMatch(INTERNALS);
}

/** The paths of the fields that a refusal names. */
export function problemPaths({ body }: Answer): readonly string[] {
  const fields = body['fields'];
  if (!Array.isArray(fields)) return [];
  return fields.map((field: { readonly path?: unknown }) => String(field.path));
}
