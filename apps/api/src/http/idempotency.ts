import { createHash } from 'node:crypto';
import { SmartRetryError, type Clock, type ConfigurationStore, type KeptResponse } from '@smart-retry/domain';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CLOCK, CONFIGURATION_STORE } from '../tokens.js';
import { describeHeader, type ResponseHeaders } from './response-headers.js';

const MAX_KEY_LENGTH = 255;

/** For the documentation: what a repeat says. */
export const REPLAYED: ResponseHeaders = {
  'Idempotency-Replayed': describeHeader(
    '`true` where this is what the first request under the same key was answered.',
  ),
};

/** What a write answers. */
export interface WriteAnswer {
  readonly status: number;
  readonly body: object;
  /** The entity tag of what was written, where it has one. */
  readonly entityTag?: string;
}

/** Makes the response to keep from the answer; absent when the request has no key. */
export type Keep = ((answer: WriteAnswer) => KeptResponse) | undefined;

/** Repeats of a write under one `Idempotency-Key` change nothing and answer what the first one answered. */
@Injectable()
export class Idempotency {
  constructor(
    @Inject(CONFIGURATION_STORE) private readonly store: Pick<ConfigurationStore, 'keptResponse'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Runs `write` at most once for a key. `write` must store the kept response together with its effect.
   * @throws {IDEMPOTENCY_KEY_REUSED} when the key came with another request.
   */
  async once(
    request: FastifyRequest,
    reply: FastifyReply,
    write: (keep: Keep) => Promise<WriteAnswer>,
  ): Promise<object | string> {
    const key = ownKey(request);
    if (key === null) return answer(reply, await write(undefined));
    const fingerprint = fingerprintOf(request);
    const kept = await this.find(key, fingerprint);
    if (kept !== null) return replay(reply, kept);
    const keep: Keep = (kept) => ({
      key,
      fingerprint,
      status: kept.status,
      body: writeKept(kept),
      keptAtMs: this.clock(),
    });
    try {
      return answer(reply, await write(keep));
    } catch (error) {
      // A twin of this request may have been faster; then its answer is this one's too.
      const twin = await this.find(key, fingerprint).catch(() => null);
      if (twin === null) throw error;
      return replay(reply, twin);
    }
  }

  private async find(key: string, fingerprint: string): Promise<KeptResponse | null> {
    const kept = await this.store.keptResponse(key, this.clock());
    if (kept === null || kept.fingerprint === fingerprint) return kept;
    throw new SmartRetryError('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key came with another request before');
  }
}

/** Keys of callers that are bound to a tenant are their tenant's own: they neither meet nor reveal those of others. */
function ownKey(request: FastifyRequest): string | null {
  const { tenant } = request.caller;
  const key = readIdempotencyKey(request);
  return key === null || tenant === null ? key : JSON.stringify([tenant, key]);
}

/** The request's key, null without one. @throws {INVALID_REQUEST} */
export function readIdempotencyKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && key.length > 0 && key.length <= MAX_KEY_LENGTH) return key;
  const message = `must have 1 to ${MAX_KEY_LENGTH} characters`;
  throw new SmartRetryError('INVALID_REQUEST', `Idempotency-Key ${message}`, {
    fields: [{ path: 'Idempotency-Key', message }],
  });
}

function fingerprintOf(request: FastifyRequest): string {
  const condition = request.headers['if-match'] ?? '';
  const parts = [request.method, request.url, condition, JSON.stringify(request.body ?? null)];
  // A caller of all tenants could write the key of one.
  if (request.caller.tenant !== null) parts.push(request.caller.tenant);
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

function answer(reply: FastifyReply, { status, body, entityTag }: WriteAnswer): object {
  reply.code(status);
  if (entityTag !== undefined) reply.header('etag', entityTag);
  return body;
}

function replay(reply: FastifyReply, kept: KeptResponse): string {
  const { entityTag, body } = readKept(kept.body);
  if (entityTag !== undefined) reply.header('etag', entityTag);
  reply
    .code(kept.status)
    .header('idempotency-replayed', 'true')
    .header('content-type', 'application/json; charset=utf-8');
  return body;
}

/** The body, behind a line with its entity tag where it has one. JSON text itself has no line breaks. */
function writeKept({ body, entityTag }: WriteAnswer): string {
  const text = JSON.stringify(body);
  return entityTag === undefined ? text : `${entityTag}\n${text}`;
}

function readKept(kept: string): { readonly entityTag: string | undefined; readonly body: string } {
  const end = kept.indexOf('\n');
  return end < 0 ? { entityTag: undefined, body: kept } : { entityTag: kept.slice(0, end), body: kept.slice(end + 1) };
}
