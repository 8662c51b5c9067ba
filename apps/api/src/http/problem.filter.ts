import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FailureAnswer } from './answer-failure.js';

/** Answers everything that is thrown below Nest as it is answered elsewhere. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly answerFailure: FailureAnswer) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answerFailure(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
