import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Answer, type Client } from '../support/client.js';
import { startApi, type RunningApi } from '../support/start-api.js';

const KEY = 'audit-test-key';

let api: RunningApi;
let client: Client;

beforeAll(async () => {
  api = await startApi({ env: { RETRY_ADMIN_KEY: KEY } });
  client = createClient(api.baseUrl);
  await untilPasses(async () => expect((await client.get('/health/ready')).status).toBe(200));
});

afterAll(async () => {
  expect(await api.stop()).toBe(0);
});

const headers = { authorization: `Bearer ${KEY}` };
const entriesOf = async (query: string) => (await client.get(`/audit${query}`, { headers })).body['entries'];

describe('GET /audit', () => {
  it('tells who changed what, each change sealed with the one before', async () => {
    await client.put('/guardrails', { max_attempts: 7 }, { headers });
    await client.post('/policies', { name: 'odd', error_patterns: ['odd'], max_attempts: 2 }, { headers });
    const [added, updated] = (await entriesOf('?limit=2')) as readonly Record<string, unknown>[];
    expect(added).toEqual({
      sequence: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      actor: 'admin_key',
      action: 'policy.added',
      target: 'odd',
      reason: null,
      details: { revision: expect.any(Number), strategy_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      previous_hash: updated?.['hash'],
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(updated).toMatchObject({ action: 'guardrails.updated', target: null });
  });

  it('keeps nothing of a change that was refused', async () => {
    const before = await entriesOf('?limit=1');
    expect((await client.put('/guardrails', { max_attempts: -1 }, { headers })).status).toBe(400);
    expect(await entriesOf('?limit=1')).toEqual(before);
  });

  it('pages to the first change there ever was, each once', async () => {
    const sequences: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: Answer = await client.get(`/audit?limit=2&cursor=${cursor}`, { headers });
      for (const { sequence } of body['entries'] as readonly { readonly sequence: number }[]) sequences.push(sequence);
      cursor = body['next_cursor'] as string | null;
    }
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, i) => sequences.length - i));
  });

  it('filters by action and target', async () => {
    expect(await entriesOf('?action=policy.added&target=odd')).toHaveLength(1);
    expect(await entriesOf('?action=policy.added&target=even')).toEqual([]);
  });

  it('filters by who did it, and when', async () => {
    const own = (await entriesOf('?actor=admin_key')) as readonly { readonly at: string }[];
    expect(own.length).toBeGreaterThan(0);
    expect(await entriesOf('?actor=startup')).not.toEqual([]);
    expect(await entriesOf('?actor=admin')).toEqual([]);
    const newest = own[0]?.at ?? '';
    expect(await entriesOf(`?actor=admin_key&since=${newest}`)).toContainEqual(own[0]);
    expect(await entriesOf(`?actor=admin_key&until=${newest}`)).not.toContainEqual(own[0]);
  });

  it.each([
    'limit=0',
    'cursor=x',
    'cursor=-1',
    'since=now',
    'until=1',
    'since=2025-01-02T00:00:00Z&until=2025-01-01T00:00:00Z',
  ])('refuses %s, naming the field', async (query) => {
    const path = query.split('=')[0];
    const refused = await client.get(`/audit?${query}`, { headers });
    expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', fields: [{ path }] } });
  });

  it('is not for who has no key', async () => {
    expect((await client.get('/audit')).status).toBe(401);
  });
});
