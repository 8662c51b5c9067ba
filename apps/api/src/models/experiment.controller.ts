import { Controller, Get, Inject, Query } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import {
  NOTHING_DEPLOYED,
  SmartRetryError,
  type CanaryJudgements,
  type Clock,
  type EpochMs,
  type ModelRegistry,
  type TrialHistory,
} from '@smart-retry/domain';
import { AuditTrail, Configuration } from '@smart-retry/engine';
import type { Static } from 'typebox';
import { Places } from '../http/places.js';
import { problemResponses } from '../http/problem-responses.js';
import { readAll } from '../http/read-all.js';
import { Access } from '../http/route-access.js';
import { readTimestampMs } from '../http/wire-time.js';
import { CANARY_JUDGEMENTS, CLOCK, MODEL_REGISTRY, TRIAL_HISTORY } from '../tokens.js';
import { ExperimentParams, ExperimentResponse, fromArms, fromJudgement } from './experiment.dto.js';

/** Of more decisions than this the newest are compared: a look must end. */
const MAX_DECISIONS = 500_000;
const DAY_MS = 86_400_000;
const MAX_AT_ONCE = 2;

/** The canary and what answers the rest, on the same traffic. */
@Controller('ml')
export class ExperimentController {
  readonly #places = new Places(MAX_AT_ONCE, 'comparisons');

  constructor(
    @Inject(MODEL_REGISTRY) private readonly registry: Pick<ModelRegistry, 'deployments'>,
    @Inject(TRIAL_HISTORY) private readonly trials: TrialHistory,
    @Inject(CANARY_JUDGEMENTS) private readonly judgements: Pick<CanaryJudgements, 'latest'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly configuration: Configuration,
  ) {}

  @Get('experiments')
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'How the arms of the comparison go',
    tags: ['Models'],
    querystring: ExperimentParams,
    response: { 200: ExperimentResponse, ...problemResponses(400, 503) },
  })
  async get(@Query() params: Static<typeof ExperimentParams>): Promise<ExperimentResponse> {
    const { from, to } = readAll({
      from: () => readTime('from', params.from),
      to: () => readTime('to', params.to),
    });
    const moves = await this.registry.deployments({ limit: 200 });
    const toMs = to ?? this.clock() + 1;
    // A shadow does not change who answers.
    const served = moves.find(({ action }) => action !== 'shadowed')?.atMs;
    const fromMs = from ?? Math.min(served ?? toMs - DAY_MS, toMs - 1);
    if (fromMs >= toMs) throw emptyWindow();
    await this.audit.flush();
    const { objective } = this.configuration.current().strategy;
    const window = { fromMs, toMs, objective, maxDecisions: MAX_DECISIONS };
    const [arms, judgement] = await Promise.all([
      this.#places.during(() => this.trials.arms(window)),
      this.judgements.latest(),
    ]);
    const compared = fromArms(arms, moves[0]?.rollout ?? NOTHING_DEPLOYED, { fromMs, toMs });
    return { ...compared, judgement: judgement === null ? null : fromJudgement(judgement) };
  }
}

function readTime(path: string, text: string | undefined): EpochMs | undefined {
  return text === undefined || text === '' ? undefined : readTimestampMs(path, text);
}

function emptyWindow(): SmartRetryError {
  const message = 'must be earlier than to';
  return new SmartRetryError('INVALID_REQUEST', `from ${message}`, { fields: [{ path: 'from', message }] });
}
