import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { RATE_LIMIT } from '../http/limit-requests.js';
import { problemResponses } from '../http/problem-responses.js';
import { REQUEST_ID } from '../http/request-id.js';
import { withHeaders } from '../http/response-headers.js';
import { allowAnyKey } from '../http/route-access.js';
import { nameSchemas } from './name-schemas.js';

const DESCRIPTION =
  'Whether, when and how a failed job is retried. Errors have one shape on every route; with ' +
  '`Accept: application/problem+json` they are RFC 9457 problem documents.';

/** The page's scripts come as files from here; its styles are partly inline. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Derives the OpenAPI document from the schemas of every route registered from now on. */
export async function documentRoutes(
  fastify: FastifyInstance,
  { version }: { readonly version: string },
): Promise<void> {
  describeAccess(fastify);
  // Awaited, so that the plug-in sees the routes that are added next.
  await fastify.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Smart Retry',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
      security: [{ bearer: [] }, { apiKey: [] }, {}],
    },
    transformObject: (documented) =>
      'openapiObject' in documented ? nameSchemas(documented.openapiObject) : documented.swaggerObject,
  });
}

/**
 * Says of each route which scope it takes, whether a key that is bound to a tenant may call it, how it refuses, and what
 * every answer says in its headers.
 */
function describeAccess(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined || route.schema === undefined) return;
    const isOpen = access.scope === 'open';
    const { response } = route.schema;
    const responses = { ...(isOpen ? {} : problemResponses(401, 403, 429)), ...(response as object | undefined) };
    // Who asks is found out before anything is counted.
    const headersOf = (status: string) => ({ ...REQUEST_ID, ...(isOpen || status === '401' ? {} : RATE_LIMIT) });
    route.schema = {
      ...route.schema,
      response: Object.fromEntries(
        Object.entries(responses).map(([status, answer]) => [status, withHeaders(answer, headersOf(status))]),
      ),
      ...('tenant' in access && { 'x-scope': access.scope, 'x-tenant': access.tenant }),
    };
  });
}

/** Serves a page for the document. Last, because its routes keep the error handler that they find. */
export async function serveDocsPage(fastify: FastifyInstance, { path }: { readonly path: string }): Promise<void> {
  await fastify.register(async (scope) => {
    allowAnyKey(scope);
    await scope.register(swaggerUi, { routePrefix: path, staticCSP: PAGE_POLICY });
  });
}
