import type { KeyScope } from '@smart-retry/domain';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, RouteOptions } from 'fastify';

/**
 * What a route does about keys that are bound to a tenant. `refused`: it is about all tenants at once. `irrelevant`: it
 * reads and keeps nothing of any tenant. `by_handler`: what it finds is compared with the caller's tenant. Else where
 * the tenant stands: in the query, in the body, in one of the body's objects, or in each item of one of its lists. Where
 * it is `each of` a list, the handler answers the items one by one, and refuses a foreign one by itself.
 */
export type TenantRule =
  | 'refused'
  | 'irrelevant'
  | 'by_handler'
  | 'query'
  | 'body'
  | `body.${string}`
  | `body.${string}[]`
  | `each of body.${string}[]`;

/** Who may call a route. `open`: everybody, under any host name. `any_key`: whoever has a key at all. */
export type RouteAccess =
  { readonly scope: 'open' | 'any_key' } | { readonly scope: KeyScope; readonly tenant: TenantRule };

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly access?: RouteAccess;
    /** Largest body in bytes. */
    readonly bodyLimit?: number;
  }
}

/** Declares who may call a route; without it the API does not start. */
export function Access({ bodyLimit, ...access }: RouteAccess & { readonly bodyLimit?: number }): MethodDecorator {
  return RouteConfig({ access, ...(bodyLimit !== undefined && { bodyLimit }) });
}

/** Whoever has a key may call the routes that are added to `fastify` from now on. */
export function allowAnyKey(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: { scope: 'any_key' } };
  });
}

/** Notes every route from now on, for a check that each one says who may call it. */
export function collectAccess(fastify: FastifyInstance): { requireEach(): void } {
  const routes: RouteOptions[] = [];
  fastify.addHook('onRoute', (route) => void routes.push(route));
  return {
    requireEach: () => {
      const silent = routes.filter(({ config }) => config?.access === undefined);
      if (silent.length === 0) return;
      const names = silent.map(({ method, url }) => `${[method].flat().join(',')} ${url}`);
      throw new Error(`add @Access(...) to these routes, or nobody knows who may call them: ${names.join('; ')}`);
    },
  };
}
