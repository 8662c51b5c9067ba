import { SmartRetryError } from '@smart-retry/domain';

/** Why a start is refused, as one line of the log. */
export interface Refusal {
  readonly message: string;
  /** What goes with it. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** By the code that the operating system answers when it does not let us listen. */
const LISTEN_PROBLEMS: Readonly<Record<string, readonly [setting: string, problem: string]>> = {
  EADDRINUSE: ['RETRY_PORT', 'names a port on which another process listens already'],
  EACCES: ['RETRY_PORT', 'names a port on which this user may not listen'],
  EADDRNOTAVAIL: ['RETRY_HOST', 'names no address of this machine'],
  ENOTFOUND: ['RETRY_HOST', 'names no address of this machine'],
};

/** Says what stands in the way of a start; the stack is there only where nobody knows. */
export function describeRefusal(error: unknown): Refusal {
  const [setting, problem] = LISTEN_PROBLEMS[codeOf(error)] ?? [];
  if (setting !== undefined) return { message: `${setting} ${problem}`, details: { setting } };
  if (!(error instanceof SmartRetryError)) return { message: 'the API did not start', details: { err: error } };
  const { code, message, cause } = error;
  return { message, details: { code, ...(cause instanceof Error && { cause: cause.message }) } };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
