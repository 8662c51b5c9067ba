import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi();
  client = createClient(api.baseUrl);
});

afterAll(async () => {
  await api.stop();
});

/** Breaks a line, colours a terminal, turns the rest of the line round. */
const SLY = 'a\nb\u001b[31mc\u202ed';
const WRITTEN = String.raw`a\u000ab\u001b[31mc\u202ed`;
const JOB = { job_id: 'sly', job_type: SLY, error_class: SLY, error_code: SLY, dependency: SLY, attempt_number: 1 };

describe('names that are not legible', () => {
  it('are written out in a rationale, and kept as they came', async () => {
    const { body } = await client.post('/recommendation', JOB);
    expect(body['rationale']).toContain(`failed with ${WRITTEN} (${WRITTEN}).`);
    const kept = await client.get(`/decisions/${String(body['recommendation_id'])}`);
    const { evidence } = kept.body as { evidence: { layers: readonly { rationale?: string }[] } };
    expect(kept.body).toMatchObject({
      features: { error_class: SLY },
      recommendation: { rationale: body['rationale'] },
    });
    expect(evidence.layers.map(({ rationale }) => rationale).join('')).toContain(WRITTEN);
    expect(JSON.stringify(evidence.layers)).not.toContain('\u202e');
  });

  it('are written out where an operator gave them', async () => {
    const name = encodeURIComponent(SLY);
    expect((await client.put(`/dependencies/${name}/breaker`, { state: 'open', reason: SLY })).body).toMatchObject({
      dependency: SLY,
      reason: SLY,
    });
    const { rationale } = (await client.post('/recommendation', { ...JOB, job_id: 'held' })).body;
    expect(rationale).toContain(`dependency "${WRITTEN}" open until further notice (${WRITTEN}).`);
  });

  it('are written out where policies are tried, and where something is refused', async () => {
    const { evaluations } = (await client.post('/policies/test', JOB)).body as {
      evaluations: readonly { because: string }[];
    };
    expect(evaluations.map(({ because }) => because).join('')).toContain(WRITTEN);
    expect(evaluations.map(({ because }) => because).join('')).not.toContain('\n');
    const { body } = await client.put('/guardrails', { [SLY]: 1 });
    expect(body).toMatchObject({ details: `unknown field: ${WRITTEN}`, fields: [{ path: SLY }] });
  });
});
