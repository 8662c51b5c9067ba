import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { describeFailure } from './describe-failure.js';
import { letBodyEnd } from './let-body-end.js';
import type { ProblemCode } from './problem.js';
import { sendProblem } from './send-problem.js';

/** Answers whatever was thrown while a request was handled. */
export type FailureAnswer = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** Logs what is our own fault, and at level debug what is not; that is told to `onRefusal` by its code. */
export function createFailureAnswer(logger: Logger, onRefusal: (code: ProblemCode) => void): FailureAnswer {
  return (thrown, request, reply) => {
    const problem = describeFailure(thrown);
    const context = { requestId: request.id, method: request.method, url: request.url };
    if (problem.code === 'INTERNAL') logger.error({ err: thrown, ...context }, 'request failed');
    else {
      onRefusal(problem.code);
      logger.debug({ code: problem.code, details: problem.details, err: thrown, ...context }, 'request refused');
    }
    if (reply.sent) return;
    if (problem.code === 'BODY_TOO_LARGE') letBodyEnd(request, reply);
    sendProblem(request, reply, problem);
  };
}
