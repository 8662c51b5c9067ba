import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeFailure } from './describe-failure.js';
import { sendProblem } from './send-problem.js';

/** Answers everything that is thrown while a request is handled; logs what is our own fault. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = describeFailure(thrown);
    const context = { requestId: request.id, method: request.method, url: request.url };
    if (problem.code === 'INTERNAL') request.log.error({ err: thrown, ...context }, 'request failed');
    else
      request.log.debug({ code: problem.code, details: problem.details, err: thrown, ...context }, 'request refused');
    if (!reply.sent) sendProblem(request, reply, problem);
  }
}
