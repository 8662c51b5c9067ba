import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describeHeader, type ResponseHeaders } from './response-headers.js';

/** For the documentation. */
export const REQUEST_ID: ResponseHeaders = {
  'X-Request-Id': describeHeader('The id of the request: in every refusal, and where the request came with one.'),
};

const ACCEPTED_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;

/** Makes ids for requests: the caller's own `X-Request-Id` where it is safe to log and echo, else a fresh one. */
export function createRequestIds(): (request: Pick<IncomingMessage, 'headers'>) => string {
  const prefix = randomBytes(6).toString('base64url');
  let count = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && ACCEPTED_ID.test(given)) return given;
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}
