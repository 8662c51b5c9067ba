import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BODY_LIMIT } from './body-limits.js';
import { isSprawling } from './is-sprawling.js';
import { markUnstorableText, maySpoilStores } from './unstorable-text.js';
import { workTogether } from './work-together.js';

/** JSON is UTF-8 (RFC 8259); read as such, what says that it is something else would come out as other text. */
const FOREIGN_CHARSET = /;\s*charset=(?!"?(?:utf-?8|us-ascii)"?\s*(?:;|$))/i;

/** The body is compressed, or not UTF-8, or says so, which nothing here unpacks or converts; or it would take seconds to read. */
class ForeignBodyError extends Error {
  constructor(readonly code: 'ENCODED_BODY' | 'FOREIGN_CHARSET' | 'SPRAWLING_BODY') {
    super(code);
  }
}

interface JsonBody {
  readonly request: FastifyRequest;
  readonly text: string;
  readonly done: (error: Error | null, body?: unknown) => void;
}

/** Whether the route takes no body, or `null` for none. */
function doesWithoutBody({ routeOptions }: FastifyRequest): boolean {
  const body = routeOptions.schema?.body as { readonly type?: string | readonly string[] } | undefined;
  return body === undefined || [body.type].flat().includes('null');
}

/**
 * JSON bodies only; an empty one is none where the route does without. Keys named `__proto__` and the like are dropped;
 * text that no store can hold is marked, for the route's schema to refuse or to ignore.
 */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('remove', 'remove');
  const read = ({ request, text, done }: JsonBody) => {
    void parseJson(request, text, (error, body: unknown) => {
      done(error, error === null && maySpoilStores(text) ? markUnstorableText(body) : body);
    });
  };
  const readTogether = workTogether<JsonBody>((bodies) => {
    for (const body of bodies) {
      try {
        read(body);
      } catch (error) {
        body.done(error instanceof Error ? error : new Error('not an error was thrown', { cause: error }));
      }
    }
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    const { 'content-encoding': encoding, 'content-type': type = '' } = request.headers;
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
      return done(new ForeignBodyError('ENCODED_BODY'));
    if (FOREIGN_CHARSET.test(type)) return done(new ForeignBodyError('FOREIGN_CHARSET'));
    // Clients that name the type in every request send it with a DELETE as well, and Go's with a POST of nothing.
    if (text === '' && doesWithoutBody(request)) return done(null);
    // Smaller ones are read in no time, whatever their shape.
    if (text.length > BODY_LIMIT && isSprawling(text)) return done(new ForeignBodyError('SPRAWLING_BODY'));
    readTogether({ request, text, done });
  });
}
