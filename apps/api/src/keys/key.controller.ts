import { Body, Controller, Delete, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { ApiKey, Clock } from '@smart-retry/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../http/caller.js';
import { Idempotency, REPLAYED } from '../http/idempotency.js';
import { problemResponses } from '../http/problem-responses.js';
import { withHeaders } from '../http/response-headers.js';
import { Access } from '../http/route-access.js';
import { CLOCK } from '../tokens.js';
import { KeyAdministration } from './key-administration.js';
import {
  fromApiKey,
  fromIssuedKey,
  KeyIssuedResponse,
  KeyListResponse,
  KeyParams,
  KeyRevokedResponse,
  NewKeyBody,
  RotationBody,
  toGraceMs,
  toWantedKey,
  type KeyResponse,
  type ShownKey,
} from './key.dto.js';
import { LiveKeys } from './live-keys.js';

/** Who may ask what. A change holds in this process at once, in the others within a second. */
@Controller('keys')
export class KeyController {
  constructor(
    private readonly administration: KeyAdministration,
    private readonly live: LiveKeys,
    private readonly idempotency: Idempotency,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access({ scope: 'admin', tenant: 'refused' })
  @RouteSchema({
    summary: 'Every key, oldest first, without its secret',
    tags: ['Keys'],
    response: { 200: KeyListResponse, ...problemResponses(503) },
  })
  async list(): Promise<{ readonly keys: KeyResponse[] }> {
    const nowMs = this.clock();
    return { keys: (await this.administration.list()).map((key) => fromApiKey(key, nowMs)) };
  }

  @Post()
  @Access({ scope: 'admin', tenant: 'refused' })
  @RouteSchema({
    summary: 'Makes a key; its secret is answered once and kept nowhere',
    description:
      'Sent twice, it makes two keys; repeated under one `Idempotency-Key`, it makes one, and the repeat answers it with `secret: null`. From the first key on, every route but the probes asks for one.',
    tags: ['Keys'],
    body: NewKeyBody,
    response: { 201: withHeaders(KeyIssuedResponse, REPLAYED), ...problemResponses(400, 409, 413, 415, 503) },
  })
  async create(
    @Body() body: NewKeyBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    reply.header('cache-control', 'no-store');
    const answer = (shown: ShownKey) => ({
      status: 201,
      body: fromIssuedKey(shown, null, this.clock()),
    });
    return this.idempotency.once(request, reply, async (keep) => {
      const keepWithoutSecret = keep && ((key: ApiKey) => keep(answer({ key, text: null })));
      const issued = await this.administration.create(toWantedKey(body), actorOf(request), keepWithoutSecret);
      await this.live.refresh();
      return answer(issued);
    });
  }

  @Post(':selector/rotate')
  @Access({ scope: 'admin', tenant: 'refused' })
  @RouteSchema({
    summary: 'Makes a key like this one; both are good for the time of grace, a day by default',
    tags: ['Keys'],
    params: KeyParams,
    body: RotationBody,
    response: { 201: KeyIssuedResponse, ...problemResponses(400, 404, 409, 413, 415, 503) },
  })
  async rotate(
    @Param('selector') selector: string,
    @Body() body: RotationBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeyIssuedResponse> {
    const rotated = await this.administration.rotate(selector, toGraceMs(body), actorOf(request));
    await this.live.refresh();
    reply.header('cache-control', 'no-store');
    return fromIssuedKey(rotated, rotated.replaced, this.clock());
  }

  @Delete(':selector')
  @Access({ scope: 'admin', tenant: 'refused' })
  @RouteSchema({
    summary: 'Refuses a key from now on; it stays in the list',
    tags: ['Keys'],
    params: KeyParams,
    response: { 200: KeyRevokedResponse, ...problemResponses(404, 503) },
  })
  async revoke(
    @Param('selector') selector: string,
    @Req() request: FastifyRequest,
  ): Promise<{ readonly status: string; readonly key: KeyResponse }> {
    const revoked = await this.administration.revoke(selector, actorOf(request));
    await this.live.refresh();
    return { status: 'revoked', key: fromApiKey(revoked, this.clock()) };
  }
}
