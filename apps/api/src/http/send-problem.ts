import type { FastifyReply, FastifyRequest } from 'fastify';
import { setSecurityHeaders } from './security-headers.js';
import { statusOf, toProblemBody, toProblemDocument, type Problem } from './problem.js';

export const PROBLEM_JSON = 'application/problem+json';
const JSON_TYPE = 'application/json; charset=utf-8';
const ZERO_WEIGHT = /^q=0(?:\.0*)?$/;
const DEFAULT_RETRY_AFTER_MS = 1_000;

/** Answers a refused request. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  reply.send(JSON.stringify(refuseWith(request, reply, problem)));
}

/** The body of a refusal, in the shape that the request's `Accept` asks for; the reply has its status and headers then. */
export function refuseWith(request: FastifyRequest, reply: FastifyReply, problem: Problem): object {
  const status = statusOf(problem.code);
  const wantsDocument = acceptsDocument(request.headers.accept);
  const hasBody = request.method === 'POST' || request.method === 'PUT';
  const context = { requestId: request.id, atMs: Date.now(), hasBody };
  reply.header('x-request-id', request.id);
  setSecurityHeaders(reply);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 415 && request.headers['content-encoding'] !== undefined) reply.header('accept-encoding', 'identity');
  if (status === 503 || problem.retryAfterMs !== undefined) {
    reply.header('retry-after', Math.max(1, Math.ceil((problem.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS) / 1_000)));
  }
  reply.code(status).header('content-type', wantsDocument ? PROBLEM_JSON : JSON_TYPE);
  return (wantsDocument ? toProblemDocument : toProblemBody)(problem, context);
}

/** Whether problem documents are named among what is accepted, and not with the weight that refuses them. */
function acceptsDocument(accept = ''): boolean {
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === PROBLEM_JSON && !parameters.some((parameter) => ZERO_WEIGHT.test(parameter));
  });
}
