import { Type, type TSchema } from 'typebox';
import { named } from './named.js';
import { describeHeader, withHeaders, type ResponseHeaders } from './response-headers.js';
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

const RETRY_AFTER: ResponseHeaders = { 'Retry-After': describeHeader('Seconds until it is worth asking again.') };

/** What `sendProblem` says beside the problem, by status. */
const PROBLEM_HEADERS: Readonly<Record<number, ResponseHeaders>> = {
  401: { 'WWW-Authenticate': describeHeader('How to say who asks.') },
  415: { 'Accept-Encoding': describeHeader('What bodies may be encoded in, where that was refused.') },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/** The error answers of a route, for its schema. */
export function problemResponses(...statuses: readonly number[]): Record<number, TSchema> {
  const toResponse = (status: number) => withHeaders(ProblemResponse, PROBLEM_HEADERS[status] ?? {});
  return Object.fromEntries(statuses.map((status) => [status, toResponse(status)]));
}
