import { ERROR_KINDS, legible, type ErrorCode, type ErrorKind, type FieldProblem } from '@smart-retry/domain';
import { formatTimestamp } from './wire-time.js';

/** Codes of refusals that the HTTP layer makes by itself. */
export const TRANSPORT_STATUS = {
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  URL_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  HEADERS_TOO_LARGE: 431,
  NOT_READY: 503,
} as const;

type TransportCode = keyof typeof TRANSPORT_STATUS;
export type ProblemCode = ErrorCode | TransportCode;

const KIND_STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  unprocessable: 422,
  limited: 429,
  unavailable: 503,
  internal: 500,
};

const TITLES: Readonly<Record<ProblemCode, string>> = {
  INVALID_REQUEST: 'Invalid request',
  INVALID_CONFIGURATION: 'Invalid configuration',
  INVALID_POLICY: 'Invalid policy',
  INVALID_DURATION: 'Invalid duration',
  TIMESTAMP_OUT_OF_RANGE: 'Timestamp out of range',
  UNAUTHENTICATED: 'Authentication required',
  FORBIDDEN_HOST: 'Host not allowed',
  FORBIDDEN_ORIGIN: 'Origin not allowed',
  FORBIDDEN_SCOPE: 'Key not allowed to do this',
  FORBIDDEN_TENANT: 'Tenant not allowed',
  ROUTE_NOT_FOUND: 'Not found',
  KEY_NOT_FOUND: 'Key not found',
  POLICY_NOT_FOUND: 'Policy not found',
  DEPENDENCY_NOT_FOUND: 'Dependency not found',
  DECISION_NOT_FOUND: 'Decision not found',
  POSTERIOR_NOT_FOUND: 'Posterior not found',
  MODEL_NOT_FOUND: 'Model not found',
  TRAINING_JOB_NOT_FOUND: 'Training job not found',
  POLICY_EXISTS: 'Policy already exists',
  KEY_EXISTS: 'Key already exists',
  KEY_ENDED: 'Key has ended',
  MODEL_EXISTS: 'Model already exists',
  PROMOTION_REFUSED: 'Promotion refused',
  NOTHING_TO_ROLL_BACK: 'Nothing to roll back',
  CONFIGURATION_CHANGED: 'Configuration changed',
  IDEMPOTENCY_KEY_REUSED: 'Idempotency key reused',
  TRAINING_JOB_FINISHED: 'Training job finished',
  TRAINING_CANCELLED: 'Training cancelled',
  TOO_FEW_SAMPLES: 'Too few samples',
  RATE_LIMITED: 'Too many requests',
  INSUFFICIENT_DATA: 'Insufficient data',
  MODEL_INCOMPATIBLE: 'Model incompatible',
  MODEL_CORRUPT: 'Model corrupt',
  STORE_UNAVAILABLE: 'Store unavailable',
  OVERLOADED: 'Overloaded',
  TRAINER_UNAVAILABLE: 'Trainer unavailable',
  TRAINING_FAILED: 'Training failed',
  INTERNAL: 'Internal error',
  METHOD_NOT_ALLOWED: 'Method not allowed',
  REQUEST_TIMEOUT: 'Request timeout',
  BODY_TOO_LARGE: 'Body too large',
  URL_TOO_LONG: 'URL too long',
  UNSUPPORTED_MEDIA_TYPE: 'Unsupported media type',
  HEADERS_TOO_LARGE: 'Headers too large',
  NOT_READY: 'Not ready',
};

/** A refused request, before it has a request to answer to. */
export interface Problem {
  readonly code: ProblemCode;
  /** What exactly is wrong, for people; never holds internals. */
  readonly details: string;
  readonly fields?: readonly FieldProblem[];
  /** What there is and what it would take. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The status that a code is answered with. */
export function statusOf(code: ProblemCode): number {
  return code in TRANSPORT_STATUS
    ? TRANSPORT_STATUS[code as TransportCode]
    : KIND_STATUS[ERROR_KINDS[code as ErrorCode]];
}

/** What the problem is to: filled in where the answer is written. */
export interface ProblemContext {
  readonly requestId: string;
  readonly atMs: number;
  /** Whether the request came with a body, which then is what is invalid. */
  readonly hasBody: boolean;
}

function titleOf(problem: Problem, context: ProblemContext): string {
  const title = TITLES[problem.code];
  return problem.code === 'INVALID_REQUEST' && context.hasBody ? `${title} body` : title;
}

/** The error body of every route. */
export function toProblemBody(problem: Problem, context: ProblemContext) {
  return {
    error: titleOf(problem, context),
    status: statusOf(problem.code),
    timestamp: formatTimestamp(context.atMs),
    details: legible(problem.details),
    code: problem.code,
    request_id: context.requestId,
    ...(problem.fields !== undefined && problem.fields.length > 0 && { fields: problem.fields }),
    ...(problem.counts !== undefined && { counts: problem.counts }),
  };
}

/** The same as `application/problem+json`. @see RFC 9457 */
export function toProblemDocument(problem: Problem, context: ProblemContext) {
  const { error: title, details: detail, ...rest } = toProblemBody(problem, context);
  return { type: `urn:smart-retry:error:${problem.code}`, title, detail, ...rest };
}
