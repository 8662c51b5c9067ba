import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { Clock, DecisionRecord, DecisionStore, OutcomeHistory } from '@smart-retry/domain';
import { AuditTrail, closingReportOf, outcomeOfDecision, RecommendationIds } from '@smart-retry/engine';
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { maySee } from '../http/bind-tenant.js';
import { problemResponses } from '../http/problem-responses.js';
import { Access } from '../http/route-access.js';
import { CLOCK, DECISION_STORE, OUTCOME_HISTORY } from '../tokens.js';
import {
  decisionNotFound,
  DecisionPageResponse,
  DecisionParams,
  DecisionResponse,
  fromDecisionRecord,
  toDecisionQuery,
} from './decision.dto.js';

/** The audit trail. What this process has decided is written before it is read, so that a fresh decision is found. */
@Controller('decisions')
export class DecisionController {
  constructor(
    private readonly audit: AuditTrail,
    private readonly ids: RecommendationIds,
    @Inject(DECISION_STORE) private readonly decisions: Pick<DecisionStore, 'find' | 'page'>,
    @Inject(OUTCOME_HISTORY) private readonly outcomes: Pick<OutcomeHistory, 'reportedOutcomes'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access({ scope: 'read', tenant: 'query' })
  @RouteSchema({
    summary: 'Decisions, newest first',
    tags: ['Decisions'],
    querystring: DecisionParams,
    response: { 200: DecisionPageResponse, ...problemResponses(400, 503) },
  })
  async page(@Query() params: DecisionParams): Promise<Static<typeof DecisionPageResponse>> {
    const query = toDecisionQuery(params);
    await this.audit.flush();
    const { records, nextCursor } = await this.decisions.page(query);
    return { decisions: await this.#close(records), next_cursor: nextCursor };
  }

  @Get(':recommendation_id')
  @Access({ scope: 'read', tenant: 'by_handler' })
  @RouteSchema({
    summary: 'One decision with its evidence',
    tags: ['Decisions'],
    params: Type.Object({ recommendation_id: Type.String() }),
    response: { 200: DecisionResponse, ...problemResponses(404, 503) },
  })
  async get(
    @Param('recommendation_id') recommendationId: string,
    @Req() request: FastifyRequest,
  ): Promise<DecisionResponse> {
    const claims = this.ids.decode(recommendationId);
    if (claims === null) throw decisionNotFound();
    await this.audit.flush();
    const record = await this.decisions.find(recommendationId, claims.issuedAtMs);
    const isVisible = record !== null && maySee(request, record.features.tenant);
    const [decision] = await this.#close(isVisible ? [record] : []);
    if (decision === undefined) throw decisionNotFound();
    return decision;
  }

  /** With what has come of them so far. */
  async #close(records: readonly DecisionRecord[]): Promise<DecisionResponse[]> {
    const lookups = records.map(closingReportOf);
    const reports = (await this.outcomes.reportedOutcomes(lookups.filter((lookup) => lookup !== null))).values();
    const nowMs = this.clock();
    return records.map((record, i) => {
      const reported = lookups[i] === null ? null : (reports.next().value ?? null);
      return fromDecisionRecord(record, outcomeOfDecision(record, reported, nowMs));
    });
  }
}
