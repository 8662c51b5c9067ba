import { Controller, Get, Query } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { SmartRetryError, type ConfigurationHistoryEntry } from '@smart-retry/domain';
import { Configuration } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { problemResponses } from '../http/problem-responses.js';
import { PageLimit, readPageLimit } from '../http/page-limit.js';
import { readAll } from '../http/read-all.js';
import { Access } from '../http/route-access.js';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';
import { changesBetween } from './changes-between.js';
import { fromStrategy, StrategyBody } from './strategy.dto.js';

const HistoryQuery = Type.Object({
  limit: PageLimit,
  cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
});

const HistoryResponse = Type.Object({
  entries: Type.Array(
    Type.Object({
      revision: Type.Integer(),
      changed_at: Timestamp,
      changed_by: Type.String(),
      action: Type.String({ description: 'For example `policy.added`.' }),
      target: Type.Unsafe<string | null>({ type: ['string', 'null'], description: "For example a policy's name." }),
      reason: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'As it was given with the change.' }),
      changes: Type.Array(Type.Object({ path: Type.String(), before: Type.Unknown(), after: Type.Unknown() }), {
        description: 'What differs from the revision before, policies by name; null: there was, or is, none.',
      }),
      strategy: StrategyBody,
    }),
  ),
  next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
});

/** Who changed what. */
@Controller('configuration')
export class HistoryController {
  constructor(private readonly configuration: Configuration) {}

  @Get('history')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'Changes of the configuration, newest first',
    tags: ['Strategy'],
    querystring: HistoryQuery,
    response: { 200: HistoryResponse, ...problemResponses(400, 503) },
  })
  async page(@Query() query: Static<typeof HistoryQuery>): Promise<Static<typeof HistoryResponse>> {
    const { limit, beforeRevision } = readAll({
      limit: () => readPageLimit(query.limit),
      beforeRevision: () => readCursor(query.cursor),
    });
    // One more than asked for is what the last one changed, and tells whether there is a next page.
    const found = await this.configuration.history({
      limit: limit + 1,
      ...(beforeRevision !== undefined && { beforeRevision }),
    });
    const entries = found.slice(0, limit).map((entry, i) => fromEntry(entry, found[i + 1]));
    const hasMore = found.length > limit;
    return { entries, next_cursor: hasMore ? String(entries.at(-1)?.revision) : null };
  }
}

/** @param before absent for the first of all, which changed nothing */
function fromEntry(entry: ConfigurationHistoryEntry, before: ConfigurationHistoryEntry = entry) {
  const strategy = fromStrategy(entry.strategy);
  return {
    revision: entry.revision,
    changed_at: formatTimestamp(entry.changedAtMs),
    changed_by: entry.changedBy,
    action: entry.action,
    target: entry.target,
    reason: entry.reason,
    changes: [...changesBetween(fromStrategy(before.strategy), strategy)],
    strategy,
  };
}

function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  const message = 'must be the next_cursor of a page before';
  throw new SmartRetryError('INVALID_REQUEST', `cursor ${message}`, { fields: [{ path: 'cursor', message }] });
}
