import { HttpException } from '@nestjs/common';
import { SmartRetryError } from '@smart-retry/domain';
import type { Problem, ProblemCode } from './problem.js';

/** Codes and sentences for what is refused before a route is asked. */
const TRANSPORT_PROBLEMS: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    details: 'send the body as application/json',
  },
  FST_ERR_CTP_INVALID_CONTENT_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    details: 'send the body as application/json',
  },
  ENCODED_BODY: { code: 'UNSUPPORTED_MEDIA_TYPE', details: 'send the body without Content-Encoding' },
  FOREIGN_CHARSET: { code: 'UNSUPPORTED_MEDIA_TYPE', details: 'send the body as UTF-8' },
  SPRAWLING_BODY: {
    code: 'INVALID_REQUEST',
    details:
      'the body is nested more than 100 deep, has a list or an object of more than 10,000 entries, or more than 10,000 different names',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'BODY_TOO_LARGE', details: 'the body is larger than this route accepts' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'INVALID_REQUEST', details: 'the body is empty; send a JSON object' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'INVALID_REQUEST', details: 'the body is not valid JSON' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'URL_TOO_LONG', details: 'a part of the path is too long' },
  FST_ERR_BAD_URL: { code: 'INVALID_REQUEST', details: 'the path is not a valid URL path' },
};

const STATUS_CODES: Readonly<Record<number, ProblemCode>> = {
  404: 'ROUTE_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  414: 'URL_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'HEADERS_TOO_LARGE',
};

/** What to answer for anything thrown while a request was handled. Only our own errors' messages reach a client. */
export function describeFailure(thrown: unknown): Problem {
  if (thrown instanceof SmartRetryError) {
    const { code, fields, counts, retryAfterMs } = thrown;
    return { code, fields, counts, retryAfterMs, details: code === 'INTERNAL' ? INTERNAL.details : thrown.message };
  }
  const failure = thrown instanceof HttpException ? (thrown.cause ?? thrown) : thrown;
  const known = TRANSPORT_PROBLEMS[textOf(failure, 'code')];
  return known ?? byStatus(thrown instanceof HttpException ? thrown.getStatus() : numberOf(failure, 'statusCode'));
}

const INTERNAL: Problem = {
  code: 'INTERNAL',
  details: 'the request failed; the log has the cause under its request_id',
};

function byStatus(status: number): Problem {
  if (status === 404) return { code: 'ROUTE_NOT_FOUND', details: 'there is no such route' };
  if (status < 400 || status >= 500) return INTERNAL;
  return { code: STATUS_CODES[status] ?? 'INVALID_REQUEST', details: 'the request is not acceptable' };
}

function textOf(value: unknown, key: 'code'): string {
  return typeof value === 'object' && value !== null && key in value ? String(Reflect.get(value, key)) : '';
}

function numberOf(value: unknown, key: 'statusCode'): number {
  return typeof value === 'object' && value !== null && key in value ? Number(Reflect.get(value, key)) : 500;
}
