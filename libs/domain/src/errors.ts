/** What sort of failure an error is; the HTTP layer maps each kind to one status. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'unprocessable'
  | 'limited'
  | 'unavailable'
  | 'internal';

/** Every code that this system answers with, and its kind. `docs/errors.md` describes each; a test keeps the two equal. */
export const ERROR_KINDS = {
  INVALID_REQUEST: 'invalid',
  INVALID_CONFIGURATION: 'invalid',
  INVALID_POLICY: 'invalid',
  INVALID_DURATION: 'invalid',
  TIMESTAMP_OUT_OF_RANGE: 'invalid',
  UNAUTHENTICATED: 'unauthenticated',
  FORBIDDEN_HOST: 'forbidden',
  FORBIDDEN_ORIGIN: 'forbidden',
  FORBIDDEN_SCOPE: 'forbidden',
  FORBIDDEN_TENANT: 'forbidden',
  ROUTE_NOT_FOUND: 'missing',
  KEY_NOT_FOUND: 'missing',
  POLICY_NOT_FOUND: 'missing',
  DEPENDENCY_NOT_FOUND: 'missing',
  DECISION_NOT_FOUND: 'missing',
  POSTERIOR_NOT_FOUND: 'missing',
  MODEL_NOT_FOUND: 'missing',
  TRAINING_JOB_NOT_FOUND: 'missing',
  POLICY_EXISTS: 'conflict',
  KEY_EXISTS: 'conflict',
  KEY_ENDED: 'conflict',
  MODEL_EXISTS: 'conflict',
  PROMOTION_REFUSED: 'conflict',
  NOTHING_TO_ROLL_BACK: 'conflict',
  CONFIGURATION_CHANGED: 'conflict',
  IDEMPOTENCY_KEY_REUSED: 'conflict',
  TRAINING_JOB_FINISHED: 'conflict',
  TRAINING_CANCELLED: 'conflict',
  TOO_FEW_SAMPLES: 'unprocessable',
  RATE_LIMITED: 'limited',
  INSUFFICIENT_DATA: 'unprocessable',
  MODEL_INCOMPATIBLE: 'unprocessable',
  MODEL_CORRUPT: 'unprocessable',
  STORE_UNAVAILABLE: 'unavailable',
  OVERLOADED: 'unavailable',
  TRAINER_UNAVAILABLE: 'unavailable',
  TRAINING_FAILED: 'internal',
  INTERNAL: 'internal',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** One thing that is wrong with an input: where (dotted path, wire spelling) and what. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

export interface SmartRetryErrorOptions {
  readonly cause?: unknown;
  readonly fields?: readonly FieldProblem[];
  /** What there is and what it would take, by name. */
  readonly counts?: Readonly<Record<string, number>>;
  /** When the caller may try again, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

/** The one error class of this system. `code` is stable; `message` is for people and never holds internals. */
export class SmartRetryError extends Error {
  override readonly name = 'SmartRetryError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldProblem[];
  readonly counts: Readonly<Record<string, number>> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: SmartRetryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fields = options.fields ?? [];
    this.counts = options.counts;
    this.retryAfterMs = options.retryAfterMs;
  }

  get kind(): ErrorKind {
    return ERROR_KINDS[this.code];
  }
}

/** Throws one error that lists every problem; does nothing when there are none. */
export function throwIfProblems(code: ErrorCode, problems: readonly FieldProblem[]): void {
  if (problems.length === 0) return;
  throw new SmartRetryError(code, problems.map((p) => `${p.path}: ${p.message}`).join('; '), {
    fields: problems,
  });
}
