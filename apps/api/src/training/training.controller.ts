import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { TrainingJobs } from '@smart-retry/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { actorOf } from '../http/caller.js';
import { readIdempotencyKey } from '../http/idempotency.js';
import { readPageLimit } from '../http/page-limit.js';
import { problemResponses } from '../http/problem-responses.js';
import { readAll } from '../http/read-all.js';
import { describeHeader, withHeaders, type ResponseHeaders } from '../http/response-headers.js';
import { Access } from '../http/route-access.js';
import { TRAINING_JOBS } from '../tokens.js';
import { formatJobCursor, parseJobCursor } from './job-cursor.js';
import { toTrainingOrder, TrainBody } from './train.dto.js';
import { fromTrainedModel, TrainedModelResponse } from './trained-model.dto.js';
import { fromTrainingJob, TrainingJobResponse, TrainingJobsParams, TrainingJobsResponse } from './training-job.dto.js';
import { TrainingOrders } from './training-orders.js';

const JOB_LOCATION: ResponseHeaders = { Location: describeHeader('Where the job is.') };
const JobParams = Type.Object({ id: Type.String({ maxLength: 128 }) });

/** Orders for the trainer, and what becomes of them. Nothing is trained in this process. */
@Controller('ml')
export class TrainingController {
  constructor(
    private readonly orders: TrainingOrders,
    @Inject(TRAINING_JOBS) private readonly jobs: TrainingJobs,
  ) {}

  @Post('train')
  @HttpCode(200)
  @Access({ scope: 'operate', tenant: 'refused' })
  @RouteSchema({
    summary: 'Trains a model',
    description:
      'Answers the model when it is ready within 30 seconds; later, or with `Prefer: respond-async`, 202 and the job under `Location`. Repeated under one `Idempotency-Key` it is the same job.',
    tags: ['Models'],
    body: TrainBody,
    response: {
      200: TrainedModelResponse,
      202: withHeaders(TrainingJobResponse, JOB_LOCATION),
      ...problemResponses(400, 409, 413, 415, 422, 500, 503),
    },
  })
  async train(
    @Body() body: TrainBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TrainedModelResponse | TrainingJobResponse> {
    const order = toTrainingOrder(body);
    const isAsync = /(?:^|,)\s*respond-async\s*(?:,|;|$)/i.test(String(request.headers['prefer'] ?? ''));
    if (!isAsync) await this.orders.requireTrainer();
    const id = await this.orders.submit(order, actorOf(request), readIdempotencyKey(request));
    const job = isAsync ? await this.orders.find(id) : await this.orders.wait(id);
    if (isAsync || job.state === 'queued' || job.state === 'running') {
      const prefix = request.url.slice(0, request.url.lastIndexOf('/'));
      void reply.status(202).header('Location', `${prefix}/jobs/${encodeURIComponent(id)}`);
      return fromTrainingJob(job);
    }
    return fromTrainedModel(await this.orders.modelOf(job));
  }

  @Get('jobs')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'Training jobs, newest first',
    tags: ['Models'],
    querystring: TrainingJobsParams,
    response: { 200: TrainingJobsResponse, ...problemResponses(400, 503) },
  })
  async list(@Query() { limit: limitText, cursor }: TrainingJobsParams): Promise<TrainingJobsResponse> {
    const { limit, after } = readAll({
      limit: () => readPageLimit(limitText),
      after: () => (cursor ? parseJobCursor(cursor) : undefined),
    });
    const jobs = await this.jobs.list({ limit, ...(after !== undefined && { after }) });
    const last = jobs.length < limit ? undefined : jobs.at(-1);
    return {
      jobs: jobs.map(fromTrainingJob),
      next_cursor: last === undefined ? null : formatJobCursor(last),
    };
  }

  @Get('jobs/:id')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'One training job',
    tags: ['Models'],
    params: JobParams,
    response: { 200: TrainingJobResponse, ...problemResponses(404, 503) },
  })
  async get(@Param('id') id: string): Promise<TrainingJobResponse> {
    return fromTrainingJob(await this.orders.find(id));
  }

  @Delete('jobs/:id')
  @Access({ scope: 'operate', tenant: 'refused' })
  @RouteSchema({
    summary: 'Cancels a training job',
    tags: ['Models'],
    params: JobParams,
    response: { 200: TrainingJobResponse, ...problemResponses(404, 409, 503) },
  })
  async cancel(@Param('id') id: string): Promise<TrainingJobResponse> {
    return fromTrainingJob(await this.orders.cancel(id));
  }
}
