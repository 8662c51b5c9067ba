import { Controller, Delete, Get, Header, Inject, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { Clock, ErasedRecords, ErasureRequest, SubjectArchive } from '@smart-retry/domain';
import { AuditTrail, Learning } from '@smart-retry/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { actorOf } from '../http/caller.js';
import { Idempotency, REPLAYED } from '../http/idempotency.js';
import { Places } from '../http/places.js';
import { problemResponses } from '../http/problem-responses.js';
import { withHeaders } from '../http/response-headers.js';
import { readQueryText } from '../http/query-text.js';
import { readAll } from '../http/read-all.js';
import { Access } from '../http/route-access.js';
import { CLOCK, SUBJECT_ARCHIVE } from '../tokens.js';
import { ErasedResponse, ErasureParams, fromSubjectRecord, SubjectParams, toDataSubject } from './data.dto.js';
import { streamLines } from './stream-lines.js';

const MAX_AT_ONCE = 2;

/** What is kept of a tenant or a job: all of it to take away, or to forget. */
@Controller('data')
export class DataController {
  readonly #places = new Places(MAX_AT_ONCE, 'exports and erasures');

  constructor(
    private readonly audit: AuditTrail,
    private readonly learning: Learning,
    private readonly idempotency: Idempotency,
    @Inject(SUBJECT_ARCHIVE) private readonly subjects: SubjectArchive,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('export')
  @Access({ scope: 'admin', tenant: 'refused' })
  @Header('content-type', 'application/x-ndjson; charset=utf-8')
  @RouteSchema({
    summary: 'Everything kept of a tenant or a job, a JSON object a line; the last line says that it is complete',
    tags: ['Operations'],
    querystring: SubjectParams,
    response: {
      200: { content: { 'application/x-ndjson': { schema: Type.String() } } },
      ...problemResponses(400, 503),
    },
  })
  async export(@Query() params: Static<typeof SubjectParams>): Promise<StreamableFile> {
    const subject = toDataSubject(params);
    await this.audit.flush();
    // Before the answer begins: a refusal after that could not be told.
    const leave = this.#places.take();
    const lines = streamLines(async (write) => {
      let records = 0;
      const read = this.subjects.read(subject, async (record) => {
        records++;
        await write(fromSubjectRecord(record));
      });
      await read.finally(leave);
      await write({ kind: 'end', records });
    });
    return new StreamableFile(lines, { type: 'application/x-ndjson; charset=utf-8' });
  }

  @Delete()
  @Access({ scope: 'admin', tenant: 'refused' })
  @RouteSchema({
    summary: 'Erases everything kept of a tenant or a job, what was learned from it included',
    description:
      'Repeated under one `Idempotency-Key` it erases nothing more, and answers what the first one answered.',
    tags: ['Operations'],
    querystring: ErasureParams,
    response: { 200: withHeaders(ErasedResponse, REPLAYED), ...problemResponses(400, 409, 503) },
  })
  erase(
    @Query() params: ErasureParams,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const { subject, reason = null } = readAll({
      subject: () => toDataSubject(params),
      reason: () => readQueryText('reason', params.reason),
    });
    const answer = (erased: ErasedRecords) => ({ status: 200, body: { status: 'erased', ...erased } });
    return this.idempotency.once(request, reply, async (keep) => {
      // Else what is still in memory would be written after it.
      await this.audit.flush();
      const order: ErasureRequest = {
        actor: actorOf(request),
        reason,
        atMs: this.clock(),
        keep: keep && ((erased) => keep(answer(erased))),
      };
      const erased = await this.#places.during(() => this.subjects.erase(subject, order));
      this.learning.relearn();
      return answer(erased);
    });
  }
}
