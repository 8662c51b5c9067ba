import { SmartRetryError, type AttemptReport, type Clock } from '@smart-retry/domain';
import type { AttemptRecorder, Configuration, RecordedAttempt } from '@smart-retry/engine';
import type { FastifyInstance } from 'fastify';
import { BATCH_BODY_LIMIT } from '../http/body-limits.js';
import { problemResponses } from '../http/problem-responses.js';
import { acceptedTimes } from '../http/wire-time.js';
import type { ApiMetrics } from '../ops/api-metrics.js';
import { AttemptBatchBody, AttemptBatchResponse, readBatchItem } from './attempt-batch.dto.js';
import { AttemptBody, RecordedResponse, toAttemptReport, writeRecordedAttempt } from './attempt.dto.js';

export interface AttemptServices {
  readonly attempts: Pick<AttemptRecorder, 'record'>;
  readonly configuration: Pick<Configuration, 'current'>;
  readonly metrics: Pick<ApiMetrics, 'countAttempts'>;
  readonly clock: Clock;
}

/** What became of attempts. Each answer means that the reports are durable. */
export function serveAttempts(fastify: FastifyInstance, services: AttemptServices): void {
  const { attempts, configuration, metrics, clock } = services;
  const timesNow = () => acceptedTimes(clock(), configuration.current().strategy.dataCollection.retentionDays);
  const record = async (reports: readonly AttemptReport[]): Promise<readonly RecordedAttempt[]> => {
    const recorded = await attempts.record(reports);
    metrics.countAttempts(reports, recorded);
    return recorded;
  };

  fastify.post<{ Body: AttemptBody }>(
    '/attempt',
    {
      config: { access: { scope: 'record', tenant: 'body' } },
      schema: {
        summary: 'Records one executed attempt, once',
        tags: ['Attempts'],
        body: AttemptBody,
        response: { 200: RecordedResponse, ...problemResponses(400, 413, 415, 503) },
      },
      serializerCompiler: () => writeRecordedAttempt,
    },
    async (request) => nextOf((await record([toAttemptReport(request.body, timesNow())])).values()),
  );

  fastify.post<{ Body: AttemptBatchBody }>(
    '/attempt/batch',
    {
      config: { access: { scope: 'record', tenant: 'each of body.attempts[]' } },
      bodyLimit: BATCH_BODY_LIMIT,
      schema: {
        summary: 'Records up to 5,000 attempts; answers for each, in order',
        tags: ['Attempts'],
        body: AttemptBatchBody,
        response: { 200: AttemptBatchResponse, ...problemResponses(400, 413, 415, 503) },
      },
      serializerCompiler: () => (results: readonly string[]) => `{"results":[${results.join(',')}]}`,
    },
    async (request) => {
      const accepted = timesNow();
      const items = request.body.attempts.map((item) => readBatchItem(item, request.caller, accepted));
      const reports = items.flatMap((item) => ('report' in item ? [item.report] : []));
      const recorded = (await record(reports)).values();
      return items.map((item) =>
        'refused' in item ? JSON.stringify(item.refused) : writeRecordedAttempt(nextOf(recorded)),
      );
    },
  );
}

/** The recorder answers once for each report, in order. */
function nextOf(recorded: Iterator<RecordedAttempt, undefined>): RecordedAttempt {
  const { value } = recorded.next();
  if (value === undefined) throw new SmartRetryError('INTERNAL', 'a report was left without an answer');
  return value;
}
