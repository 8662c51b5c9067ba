import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY_SCOPES } from '@smart-retry/domain';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Answer, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';
import { listDocumentedRoutes, namingTenant, type DocumentedRoute } from './support/documented-routes.js';

const ADMIN_KEY = 'the-admin-key';
const OWN = 'own-tenant';
const FOREIGN = 'foreign-tenant';
const BOUND_SCOPES = ['recommend', 'record', 'read'];
const EXPIRY_MS = 1_500;
const TIMEOUT_MS = 120_000;

/** Someone who asks: what is sent as a key, and what the key allows. */
interface Asker {
  readonly name: string;
  readonly key: string | null;
  readonly scopes: readonly string[];
  readonly tenant: string | null;
}

const routes = await listDocumentedRoutes();

/** What a request must be answered with: one of these codes, or anything but a refusal of the asker. */
function expectedCode(route: DocumentedRoute, asker: Asker, named: string | null): string | null {
  if (route.isOpen) return null;
  if (asker.scopes.length === 0) return 'UNAUTHENTICATED';
  if (route.scope === undefined) return null;
  if (!asker.scopes.includes(route.scope) && !asker.scopes.includes('admin')) return 'FORBIDDEN_SCOPE';
  if (asker.tenant === null) return null;
  if (route.tenant === 'refused') return 'FORBIDDEN_SCOPE';
  return named === null || named === asker.tenant ? null : 'FORBIDDEN_TENANT';
}

/** The code of a refusal of the asker, as a whole or of the one item that was sent. */
function refusalOf({ status, body }: Answer): unknown {
  if ([401, 403].includes(status)) return body['code'];
  const [item] = (body['results'] ?? []) as readonly { readonly code?: string }[];
  return item?.code ?? null;
}

describe('every route of the OpenAPI document', () => {
  let api: RunningApi;
  let client: Client;
  const askers: Asker[] = [];

  const create = async (
    name: string,
    body: object,
  ): Promise<{ readonly secret: string; readonly selector: string }> => {
    const headers = { 'x-api-key': ADMIN_KEY };
    const made = await untilPasses(async () => {
      const answer = await client.post('/keys', { name, ...body }, { headers });
      expect(answer.status).toBe(201);
      return answer.body;
    });
    return { secret: String(made['secret']), selector: (made['key'] as { readonly selector: string }).selector };
  };

  beforeAll(async () => {
    api = await startApi({ env: { RETRY_ADMIN_KEY: ADMIN_KEY } });
    client = createClient(api.baseUrl);
    const expiresAt = new Date(Date.now() + EXPIRY_MS).toISOString();
    const expired = await create('expired', { scopes: ['admin'], expires_at: expiresAt });
    const revoked = await create('revoked', { scopes: ['admin'] });
    await client.delete(`/keys/${revoked.selector}`, { headers: { 'x-api-key': ADMIN_KEY } });
    const nobody = { scopes: [], tenant: null };
    askers.push(
      { name: 'nobody', key: null, ...nobody },
      { name: 'a stranger', key: `sr_${'0'.repeat(16)}_${'A'.repeat(43)}`, ...nobody },
      { name: 'an expired key', key: expired.secret, ...nobody },
      { name: 'a revoked key', key: revoked.secret, ...nobody },
      { name: 'the admin key', key: ADMIN_KEY, scopes: ['admin'], tenant: null },
    );
    for (const scope of KEY_SCOPES) {
      const { secret } = await create(scope, { scopes: [scope] });
      askers.push({ name: `a key to ${scope}`, key: secret, scopes: [scope], tenant: null });
    }
    for (const scope of BOUND_SCOPES) {
      const { secret } = await create(`bound ${scope}`, { scopes: [scope], tenant: OWN });
      askers.push({ name: `a key to ${scope} of one tenant`, key: secret, scopes: [scope], tenant: OWN });
    }
    await sleep(Math.max(0, Date.parse(expiresAt) - Date.now()));
  }, TIMEOUT_MS);

  afterAll(async () => {
    expect(await api.stop()).toBe(0);
  });

  const ask = ({ method, path, body }: DocumentedRoute, key: string | null): Promise<Answer> =>
    client.send(method, path, { ...(body !== undefined && { body }), ...(key && { headers: { 'x-api-key': key } }) });

  it('says who may call it, and there are many', () => {
    expect(routes.length).toBeGreaterThan(25);
    expect(routes.filter(({ isOpen, scope }) => !isOpen && scope === undefined)).toEqual([]);
    expect(routes.filter(({ isOpen }) => isOpen).map(({ name }) => name)).toEqual(['GET /health', 'GET /health/ready']);
  });

  it.each(routes.map((route) => [route.name, route] as const))(
    '%s answers each scope, tenant and kind of key as it must',
    async (_name, route) => {
      const wrong: object[] = [];
      for (const asker of askers) {
        for (const named of [null, OWN, FOREIGN]) {
          const request = named === null ? route : namingTenant(route, named);
          if (request === null) continue;
          const answer = await ask(request, asker.key);
          const { status } = answer;
          const code = refusalOf(answer);
          const expected = expectedCode(route, asker, named);
          // A machine that is busy with other things may be too slow for its own database.
          if (code !== expected || (status >= 500 && status !== 503))
            wrong.push({ asker: asker.name, named, status, code, expected });
        }
      }
      expect(wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
