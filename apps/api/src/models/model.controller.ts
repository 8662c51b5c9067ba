import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { SmartRetryError, type Deployment, type ModelRegistry, type ModelVersion } from '@smart-retry/domain';
import { ModelContest, ModelRollout, ModelServing, type ModelMove } from '@smart-retry/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { actorOf } from '../http/caller.js';
import { Idempotency, REPLAYED } from '../http/idempotency.js';
import { PageLimit, readPageLimit } from '../http/page-limit.js';
import { problemResponses } from '../http/problem-responses.js';
import { readAll } from '../http/read-all.js';
import { withHeaders } from '../http/response-headers.js';
import { Access } from '../http/route-access.js';
import { optionalText } from '../http/wire-text.js';
import { readTimestampMs } from '../http/wire-time.js';
import { MODEL_REGISTRY } from '../tokens.js';
import {
  DeployBody,
  DeploymentResponse,
  fromDeployment,
  fromServingModels,
  RollbackBody,
  ServingResponse,
} from './deployment.dto.js';
import { formatModelCursor, readModelCursor, readRevisionCursor } from './model-page.js';
import { fromModelVersion, ModelResponse } from './model.dto.js';

const Cursor = Type.Optional(Type.String({ maxLength: 1_024, description: '`next_cursor` of the page before.' }));
const NextCursor = Type.Unsafe<string | null>({ type: ['string', 'null'] });

const ModelParams = Type.Object({ limit: PageLimit, cursor: Cursor });
const ModelPage = Type.Object({ models: Type.Array(ModelResponse), serving: ServingResponse, next_cursor: NextCursor });

const DeploymentParams = Type.Object({
  limit: PageLimit,
  cursor: Cursor,
  at: Type.Optional(Type.String({ maxLength: 64, description: 'RFC 3339: only what served then, and before that.' })),
});
const DeploymentPage = Type.Object({ deployments: Type.Array(DeploymentResponse), next_cursor: NextCursor });

/** Trained models, and which of them answer. */
@Controller('ml')
export class ModelController {
  constructor(
    @Inject(MODEL_REGISTRY) private readonly registry: ModelRegistry,
    private readonly serving: ModelServing,
    private readonly rollout: ModelRollout,
    private readonly contest: ModelContest,
    private readonly idempotency: Idempotency,
  ) {}

  @Get('models')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'Trained models, latest first, and what this process serves',
    tags: ['Models'],
    querystring: ModelParams,
    response: { 200: ModelPage, ...problemResponses(400, 503) },
  })
  async page(@Query() params: Static<typeof ModelParams>): Promise<Static<typeof ModelPage>> {
    const { limit, after } = readAll({
      limit: () => readPageLimit(params.limit),
      after: () => readModelCursor(params.cursor),
    });
    const models = await this.registry.list({ limit, ...(after && { after }) });
    const last = models.at(-1);
    return {
      models: models.map((model) => this.#show(model)),
      serving: fromServingModels(this.serving.current(), this.serving.refusal),
      next_cursor: last === undefined || models.length < limit ? null : formatModelCursor(last),
    };
  }

  @Get('models/:version')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'One model: what it learned from, how good it is, where it serves',
    tags: ['Models'],
    params: Type.Object({ version: Type.String() }),
    response: { 200: ModelResponse, ...problemResponses(404, 503) },
  })
  async get(@Param('version') version: string): Promise<ModelResponse> {
    return this.#show(await this.#find(version));
  }

  @Post('deploy')
  @HttpCode(200)
  @Access({ scope: 'operate', tenant: 'refused' })
  @RouteSchema({
    summary: 'Gives a model a share of the jobs',
    tags: ['Models'],
    body: DeployBody,
    response: {
      200: withHeaders(DeploymentResponse, REPLAYED),
      ...problemResponses(400, 404, 409, 413, 415, 422, 503),
    },
  })
  deploy(
    @Body() body: DeployBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    return this.#move(request, reply, body.reason, async (move) => {
      const { version, model_type: modelType } = body.model;
      requireSameType((await this.#find(version)).modelType, modelType);
      if (body.shadow === true) return this.rollout.shadow(version, move);
      const percent = body.canary_percent ?? 100;
      return this.rollout.deploy({ version, percent, isForced: body.force === true }, move);
    });
  }

  @Post('rollback')
  @HttpCode(200)
  @Access({ scope: 'operate', tenant: 'refused' })
  @RouteSchema({
    summary: 'Returns to what served before the model that was moved last',
    tags: ['Models'],
    body: RollbackBody,
    response: { 200: withHeaders(DeploymentResponse, REPLAYED), ...problemResponses(400, 409, 413, 415, 503) },
  })
  rollBack(
    @Body() body: RollbackBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    return this.#move(request, reply, body?.reason, (move) => this.rollout.rollBack(move));
  }

  @Get('deployments')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'Every move of the models with what served from then on, newest first',
    tags: ['Models'],
    querystring: DeploymentParams,
    response: { 200: DeploymentPage, ...problemResponses(400, 503) },
  })
  async deployments(@Query() params: Static<typeof DeploymentParams>): Promise<Static<typeof DeploymentPage>> {
    const { limit, beforeRevision, untilMs } = readAll({
      limit: () => readPageLimit(params.limit),
      beforeRevision: () => readRevisionCursor(params.cursor),
      untilMs: () => (params.at ? readTimestampMs('at', params.at) : undefined),
    });
    const deployments = await this.registry.deployments({
      limit,
      ...(beforeRevision !== undefined && { beforeRevision }),
      ...(untilMs !== undefined && { untilMs }),
    });
    const last = deployments.at(-1);
    const hasMore = last !== undefined && deployments.length === limit && last.revision > 1;
    return { deployments: deployments.map(fromDeployment), next_cursor: hasMore ? String(last.revision) : null };
  }

  #show(model: ModelVersion): ModelResponse {
    return fromModelVersion(model, this.serving.current(), this.contest.standingOf(model.version));
  }

  async #find(version: string) {
    const model = await this.registry.find(version);
    if (model !== null) return model;
    throw new SmartRetryError('MODEL_NOT_FOUND', `there is no model of version "${version}"`);
  }

  #move(
    request: FastifyRequest,
    reply: FastifyReply,
    reason: string | null | undefined,
    run: (move: ModelMove) => Promise<Deployment>,
  ): Promise<object | string> {
    return this.idempotency.once(request, reply, async (keep) => {
      const answer = (moved: Deployment) => ({ status: 200, body: fromDeployment(moved) });
      const moved = await run({
        actor: actorOf(request),
        reason: optionalText(reason),
        ...(keep && { keep: (stored) => keep(answer(stored)) }),
      });
      return answer(moved);
    });
  }
}

/** @throws {INVALID_REQUEST} */
function requireSameType(registered: string, named: string | undefined): void {
  if (named === undefined || named === registered || (named === 'gradient_boost' && registered === 'gradient_boosting'))
    return;
  const message = `must be ${registered}, or be left out`;
  throw new SmartRetryError('INVALID_REQUEST', `model.model_type ${message}`, {
    fields: [{ path: 'model.model_type', message }],
  });
}
