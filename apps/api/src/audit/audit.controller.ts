import { Controller, Get, Inject, Query } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { ChangeLedger } from '@smart-retry/domain';
import { dropAbsent } from '../http/drop-absent.js';
import { readPageLimit } from '../http/page-limit.js';
import { problemResponses } from '../http/problem-responses.js';
import { readQueryText } from '../http/query-text.js';
import { readAll } from '../http/read-all.js';
import { Access } from '../http/route-access.js';
import { CHANGE_LEDGER } from '../tokens.js';
import { AuditPageResponse, AuditParams, fromChangeEntry, readSequenceCursor, readWindow } from './audit.dto.js';

/** Who changed what, when and why. */
@Controller('audit')
export class AuditController {
  constructor(@Inject(CHANGE_LEDGER) private readonly ledger: Pick<ChangeLedger, 'page'>) {}

  @Get()
  @Access({ scope: 'operate', tenant: 'refused' })
  @RouteSchema({
    summary: 'Changes of any kind, newest first, each sealed with the one before',
    tags: ['Operations'],
    querystring: AuditParams,
    response: { 200: AuditPageResponse, ...problemResponses(400, 503) },
  })
  async page(@Query() params: AuditParams): Promise<AuditPageResponse> {
    const { limit, window, ...labels } = readAll({
      limit: () => readPageLimit(params.limit),
      window: () => readWindow(params),
      actor: () => readQueryText('actor', params.actor),
      action: () => readQueryText('action', params.action),
      target: () => readQueryText('target', params.target),
      beforeSequence: () => readSequenceCursor(params.cursor),
    });
    const filter = dropAbsent({ ...labels, ...window });
    // One more than asked for tells whether there is a next page.
    const found = await this.ledger.page({ limit: limit + 1, ...filter });
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    const hasMore = found.length > limit && last !== undefined;
    return { entries: entries.map(fromChangeEntry), next_cursor: hasMore ? String(last.sequence) : null };
  }
}
