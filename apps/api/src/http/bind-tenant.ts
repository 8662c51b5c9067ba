import { SmartRetryError } from '@smart-retry/domain';
import type { FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { Caller } from './caller.js';
import { readEach } from './read-all.js';
import type { TenantRule } from './route-access.js';

type Fields = Record<string, unknown>;

const PLACE = /^(query|body)(?:\.(\w+)(\[\])?)?$/;

/**
 * Where a caller is bound to a tenant, makes every part of the request that may name one name its own: left out, it is
 * filled in; another one is refused. Null for routes where no tenant is named, or each item is answered by itself
 * (`bindItem`). Runs after validation.
 */
export function bindTenant(rule: TenantRule): preHandlerHookHandler | null {
  const [, root, field, isList] = PLACE.exec(rule) ?? [];
  if (root === undefined) return null;
  return (request, _reply, done) => {
    const { tenant } = request.caller;
    if (tenant === null) return done();
    const within = (root === 'query' ? request.query : request.body) as Fields;
    const part = field === undefined ? within : within[field];
    const items = isList === undefined ? [part] : (part as readonly unknown[]);
    const place = (i: number) => (field === undefined ? '' : `${field}${isList === undefined ? '' : `[${i}]`}.`);
    try {
      readEach(items, (item, i) => claim(item, { tenant, prefix: place(i) }));
    } catch (error) {
      return done(error as SmartRetryError);
    }
    done();
  };
}

/**
 * Binds one item of a batch, which may be anything.
 * @throws {FORBIDDEN_TENANT} where it names another tenant than the caller's.
 */
export function bindItem(item: unknown, { tenant }: Pick<Caller, 'tenant'>): void {
  if (tenant !== null) claim(item, { tenant, prefix: '' });
}

/** Fills the tenant in where it is absent. @throws {FORBIDDEN_TENANT} where it is not the caller's. */
function claim(item: unknown, { tenant, prefix }: { readonly tenant: string; readonly prefix: string }): void {
  if (!isFields(item)) return;
  const named = item['tenant'];
  if (named === undefined || named === null || named === '') item['tenant'] = tenant;
  if (item['tenant'] !== tenant) throw foreignTenant(prefix);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the caller may see what belongs to this tenant. */
export function maySee({ caller }: Pick<FastifyRequest, 'caller'>, tenant: string | undefined): boolean {
  return caller.tenant === null || caller.tenant === tenant;
}

function foreignTenant(prefix: string): SmartRetryError {
  const path = `${prefix}tenant`;
  const message = 'must be the tenant that the key is bound to, or be left out';
  return new SmartRetryError('FORBIDDEN_TENANT', `${path} ${message}`, { fields: [{ path, message }] });
}
