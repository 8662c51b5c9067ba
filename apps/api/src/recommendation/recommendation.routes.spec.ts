import { describe, expect, it } from '@jest/globals';
import { FixedClock, T0 } from '@smart-retry/domain/testing';
import { createSmartRetry } from '@smart-retry/engine';
import { openMemory } from '@smart-retry/storage/memory';
import { pino } from 'pino';
import { createFailureAnswer } from '../http/answer-failure.js';
import { createHttpServer } from '../http/create-http-server.js';
import { ApiMetrics } from '../ops/api-metrics.js';
import { serveRecommendations } from './recommendation.routes.js';

const clock = new FixedClock(T0).read;
const NOW = new Date(T0).toISOString();

describe('POST /recommendation', () => {
  it('gives each of those that come in one turn its own answer: what goes wrong for one is not that of others', async () => {
    const engine = createSmartRetry({ stores: openMemory({ maxRecords: 10 }), clock });
    const server = createHttpServer();
    server.setErrorHandler(createFailureAnswer(pino({ level: 'silent' }), () => undefined));
    serveRecommendations(server, {
      configuration: engine.configuration,
      metrics: new ApiMetrics(),
      clock,
      recommender: {
        recommend: (features) => {
          if (features.jobId === 'breaks') throw new Error('a defect');
          return engine.recommender.recommend(features);
        },
      },
    });
    const ask = async (attempt_number: number, { job_id = 'job', failed_at = NOW }) => {
      const payload = { job_type: 'email_send', error_class: 'timeout', attempt_number, job_id, failed_at };
      const answer = await server.inject({ method: 'POST', url: '/recommendation', payload });
      const { recommendation_id: id = '', code } = answer.json<{ recommendation_id?: string; code?: string }>();
      return [answer.statusCode, engine.ids.decode(id)?.attemptNumber ?? code];
    };
    const asked = [ask(1, {}), ask(2, { failed_at: 'yesterday' }), ask(3, { job_id: 'breaks' }), ask(4, {})];
    expect(await Promise.all(asked)).toEqual([
      [200, 1],
      [400, 'INVALID_REQUEST'],
      [500, 'INTERNAL'],
      [200, 4],
    ]);
    await server.close();
  });
});
