import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { statusOf, toProblemBody, type Problem } from './problem.js';

const MALFORMED: Problem = { code: 'INVALID_REQUEST', details: 'the request is not valid HTTP' };
const PROBLEMS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: { code: 'HEADERS_TOO_LARGE', details: 'the headers are larger than 16 KiB' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'REQUEST_TIMEOUT', details: 'the request did not arrive in time' },
};

/** Answers what could not even be parsed as a request, in the shape of every other error. */
export function createClientErrorAnswer(newRequestId: () => string) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const problem = PROBLEMS[error.code ?? ''] ?? MALFORMED;
    if (socket.writable) socket.write(rawAnswer(problem, newRequestId()));
    socket.destroy(error);
  };
}

function rawAnswer(problem: Problem, requestId: string): string {
  const status = statusOf(problem.code);
  const body = JSON.stringify(toProblemBody(problem, { requestId, atMs: Date.now(), hasBody: false }));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
