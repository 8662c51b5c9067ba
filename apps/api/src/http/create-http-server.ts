import { parse } from 'node:querystring';
import { SmartRetryError } from '@smart-retry/domain';
import { fastify, type FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { createClientErrorAnswer } from './answer-client-error.js';
import { BODY_LIMIT } from './body-limits.js';
import { compileSchema, type SchemaCheck } from './compile-schema.js';
import { describeFailure } from './describe-failure.js';
import { acceptJsonBodies } from './json-body.js';
import { prepareExplanations } from './prepare-explanations.js';
import { createRequestIds } from './request-id.js';
import { sendProblem } from './send-problem.js';

const REQUEST_TIMEOUT_MS = 30_000;
/** A policy's name of 128 characters, each percent-encoded as up to four bytes. */
const MAX_PATH_SEGMENT_LENGTH = 2_048;

/** Fastify as this API uses it: strict schemas, JSON only, every refusal in one shape. */
export function createHttpServer(): FastifyInstance {
  const nextRequestId = createRequestIds();
  // Without a logger of its own: that one would be made anew for each request, and listen for the end of each answer.
  const server = fastify({
    genReqId: nextRequestId,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Node's own refusal has no body; the gate refuses as every other refusal is.
    http: { requireHostHeader: false },
    // Node's parser shows by U+FFFD that bytes were not UTF-8; Fastify's takes their spelling for the text.
    routerOptions: { maxParamLength: MAX_PATH_SEGMENT_LENGTH, querystringParser: (text) => parse(text) },
    // While draining, open connections are still served.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: createClientErrorAnswer(() => nextRequestId({ headers: {} })),
    frameworkErrors: (error, request, reply) => {
      sendProblem(request, reply, describeFailure(error));
    },
  });
  // Node would answer 417 without a body; whoever expects more than `100-continue` may as well have an answer (RFC 9110, 10.1.1).
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  acceptJsonBodies(server);
  const checks: SchemaCheck<unknown>[] = [];
  server.setValidatorCompiler<TSchema>(({ schema }) => {
    const check = compileSchema<unknown>(schema);
    checks.push(check);
    return (value: unknown) => {
      try {
        return { value: check(value) };
      } catch (error) {
        if (error instanceof SmartRetryError) return { error };
        throw error;
      }
    };
  });
  server.addHook('onListen', (done) => {
    prepareExplanations(checks);
    done();
  });
  // Response schemas are documentation: V8's own JSON.stringify leaves nothing out.
  server.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  // Nest cannot give a route its own limit by itself.
  server.addHook('onRoute', (route) => {
    if (route.config?.bodyLimit !== undefined) route.bodyLimit = route.config.bodyLimit;
  });
  return server;
}
