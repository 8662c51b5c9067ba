import { QueryFailedError } from 'typeorm';
import type { StoreFailure } from '../store-breaker.js';

const UNREACHABLE_SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/**
 * SQLSTATE classes and codes of a server that cannot serve us: 08 connection, 28 and 3D000 not let in (an operator
 * must act, nothing in this program is wrong), 53 out of resources, 57P shutting down or starting, 58 system error,
 * 25006 a standby after a failover.
 */
const UNREACHABLE_SQLSTATE = /^(?:08...|28...|3D000|53...|57P..|58...|25006)$/;
/** Cancelled by a timeout, lock not available, or still in conflict after the retry. */
const BUSY_SQLSTATE = /^(?:57014|55P03|40001|40P01)$/;

/** The driver gives these failures no code. */
const UNREACHABLE_MESSAGES = /^(?:Connection terminated|timeout expired$|Query read timeout|Client has encountered a connection error)/;
const BUSY_MESSAGES = /^timeout exceeded when trying to connect/;

/** The code that the driver or the server gave an error; empty without one. */
export function errorCodeOf(error: unknown): string {
  return textOf(error, 'code');
}

/** The constraint that a row violates; empty for any other failure. */
export function violatedConstraintOf(error: unknown): string {
  return textOf(error, 'constraint');
}

/** Tells a database that does not answer from a statement that is wrong. */
export function classifyPostgresFailure(error: unknown): StoreFailure {
  const code = textOf(error, 'code');
  const message = textOf(error, 'message');
  if (UNREACHABLE_SOCKET_CODES.has(code) || UNREACHABLE_SQLSTATE.test(code) || UNREACHABLE_MESSAGES.test(message))
    return 'unreachable';
  return BUSY_SQLSTATE.test(code) || BUSY_MESSAGES.test(message) ? 'busy' : 'defect';
}

function textOf(error: unknown, property: 'code' | 'message' | 'constraint'): string {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof cause !== 'object' || cause === null) return '';
  const value: unknown = Object.getOwnPropertyDescriptor(cause, property)?.value;
  return typeof value === 'string' ? value : '';
}
