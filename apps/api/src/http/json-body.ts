import { SmartRetryError } from '@smart-retry/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { workTogether } from './work-together.js';

/** In valid JSON, NUL and unpaired surrogates can only be written as one of these escapes. */
const SUSPECT_ESCAPE = /\\u(?:0000|d[89a-f])/i;

/** JSON is UTF-8 (RFC 8259); read as such, what says that it is something else would come out as other text. */
const FOREIGN_CHARSET = /;\s*charset=(?!"?(?:utf-?8|us-ascii)"?\s*(?:;|$))/i;

/** The body is compressed, or not UTF-8, or says so: nothing here unpacks or converts it. */
class ForeignBodyError extends Error {
  constructor(readonly code: 'ENCODED_BODY' | 'FOREIGN_CHARSET') {
    super(code);
  }
}

interface JsonBody {
  readonly request: FastifyRequest;
  readonly text: string;
  readonly done: (error: Error | null, body?: unknown) => void;
}

/**
 * JSON bodies only; an empty one is none where the route takes none. Keys named `__proto__` and the like are dropped;
 * text that no store can hold is refused.
 */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('remove', 'remove');
  const read = ({ request, text, done }: JsonBody) => {
    void parseJson(request, text, (error, body: unknown) => {
      if (error !== null || !SUSPECT_ESCAPE.test(text)) return done(error, body);
      const field = findUnstorableText(body);
      done(field === null ? null : unstorableText(field), body);
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
    // Clients that name the type in every request send it with a DELETE as well.
    if (text === '' && request.routeOptions.schema?.body === undefined) return done(null);
    readTogether({ request, text, done });
  });
}

/** The top-level field below which there is a NUL or an unpaired surrogate; null when there is none. */
export function findUnstorableText(body: unknown): string | null {
  // A stack, not recursion: the depth is the sender's choice.
  const pending: { readonly field: string; readonly value: unknown }[] = [{ field: '', value: body }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { field, value } = next;
    if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) return field;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, child] of Object.entries(value)) {
      const childField = field === '' ? key : field;
      pending.push({ field: childField, value: key }, { field: childField, value: child });
    }
  }
  return null;
}

function unstorableText(path: string): SmartRetryError {
  const message = 'must not contain NUL characters or unpaired surrogates';
  const isNameable = !path.includes('\0') && path.isWellFormed();
  return new SmartRetryError('INVALID_REQUEST', isNameable ? `${path} ${message}` : `a field name ${message}`, {
    fields: isNameable ? [{ path, message }] : [],
  });
}
