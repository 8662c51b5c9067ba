import { readFile } from 'node:fs/promises';
import { minimalValue, type Schema, type Schemas } from './minimal-value.js';

interface Operation {
  readonly 'x-scope'?: string;
  readonly 'x-tenant'?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface OpenApi extends Schemas {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** A route as the committed OpenAPI document describes it, with a request that it takes. */
export interface DocumentedRoute {
  readonly name: string;
  readonly method: string;
  /** Below the base path, parameters filled in. */
  readonly path: string;
  readonly isOpen: boolean;
  /** Undefined: any key will do. */
  readonly scope: string | undefined;
  readonly tenant: string | undefined;
  readonly body: unknown;
}

const BASE_PATH = '/api/v1/retry';
const OPENAPI = new URL('../../../../../docs/openapi.json', import.meta.url);

export async function listDocumentedRoutes(): Promise<readonly DocumentedRoute[]> {
  const document = JSON.parse(await readFile(OPENAPI, 'utf8')) as OpenApi;
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => toRoute(path, method, operation, document)),
  );
}

function toRoute(path: string, method: string, operation: Operation, document: OpenApi): DocumentedRoute {
  const schema = operation.requestBody?.content['application/json']?.schema;
  const required = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query' && parameter.required);
  const query = required.map(({ name }) => `${name}=x`).join('&');
  const filled = path.slice(BASE_PATH.length).replace(/\{\w+\}/g, 'x');
  return {
    name: `${method.toUpperCase()} ${path.slice(BASE_PATH.length)}`,
    method: method.toUpperCase(),
    path: query === '' ? filled : `${filled}?${query}`,
    isOpen: operation.security?.length === 0,
    scope: operation['x-scope'],
    tenant: operation['x-tenant'],
    body: schema === undefined ? undefined : minimalValue(schema, document),
  };
}

/** The same request, naming a tenant in the place where the route takes one; null where it takes none. */
export function namingTenant(route: DocumentedRoute, tenant: string): DocumentedRoute | null {
  const place = route.tenant ?? '';
  if (place === 'query') {
    const joint = route.path.includes('?') ? '&' : '?';
    return { ...route, path: `${route.path}${joint}tenant=${encodeURIComponent(tenant)}` };
  }
  const [isBody, field, isList] = /^(?:each of )?body(?:\.(\w+)(\[\])?)?$/.exec(place) ?? [];
  if (isBody === undefined) return null;
  const body = route.body as Readonly<Record<string, unknown>>;
  if (field === undefined) return { ...route, body: { ...body, tenant } };
  const part = body[field];
  const named =
    isList === undefined ? { ...(part as object), tenant } : (part as object[]).map((o) => ({ ...o, tenant }));
  return { ...route, body: { ...body, [field]: named } };
}
