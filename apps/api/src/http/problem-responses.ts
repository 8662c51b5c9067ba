import { Type, type TSchema } from 'typebox';
import { named } from './named.js';
import { Timestamp } from './wire-schemas.js';

const ProblemResponse = named(
  'Problem',
  Type.Object(
    {
      error: Type.String(),
      status: Type.Integer(),
      timestamp: Timestamp,
      details: Type.String({ description: 'Names the field where there is one.' }),
      code: Type.String({ description: 'Stable.' }),
      request_id: Type.String(),
      fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
      counts: Type.Optional(
        Type.Record(Type.String(), Type.Number(), { description: 'What there is, and what it takes.' }),
      ),
    },
    { description: 'What went wrong; as RFC 9457 with `Accept: application/problem+json`.' },
  ),
);

/** The error answers of a route, for its schema. */
export function problemResponses(...statuses: readonly number[]): Record<number, TSchema> {
  return Object.fromEntries(statuses.map((status) => [status, ProblemResponse]));
}
