import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@smart-retry/storage/testing';
import { untilPasses } from '../faults/support/until-passes.js';
import { createClient, type Client } from '../support/client.js';
import { expectProblem, problemPaths } from '../support/problem.js';
import { startApi, startApiInVain, type RunningApi } from '../support/start-api.js';

const TOOL = fileURLToPath(new URL('../../../../tools/keys.mjs', import.meta.url));
const TIMEOUT_MS = 120_000;
const JOB = { job_type: 'email_send', error_class: 'timeout', attempt_number: 1 };

/** Runs `npm run keys -- …` on the stores that `env` names. */
const runTool = async (env: Readonly<Record<string, string>>, ...args: string[]) => {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('RETRY_'));
  const child = spawn(process.execPath, [TOOL, ...args], {
    env: { ...Object.fromEntries(inherited), NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { exitCode: child.exitCode, stdout: stdout.trim(), stderr };
};
const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

describe('keys on the embedded Postgres', () => {
  let dataDir: string;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'smart-retry-keys-'));
    env = { RETRY_DATA_DIR: dataDir };
  });
  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  it(
    'are made while the API is away, and beyond loopback let it start, which without one it does not',
    async () => {
      const anywhere = { dataDir, env: { RETRY_HOST: '0.0.0.0' } };
      const { exitCode, logs } = await startApiInVain(anywhere);
      expect(exitCode).toBe(1);
      expect(logs).toContainEqual(expect.objectContaining({ setting: 'RETRY_ADMIN_KEY' }));
      const made = await runTool(env, 'create', '--name', 'workers', '--scopes', 'recommend');
      expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^sr_[0-9a-f]{16}_[\w-]{43}$/) });
      const api = await startApi(anywhere);
      const client = createClient(api.baseUrl.replace('0.0.0.0', '127.0.0.1'));
      expectProblem(await client.post('/recommendation', JOB), 401, 'UNAUTHENTICATED');
      expect((await client.post('/recommendation', JOB, bearer(made.stdout))).status).toBe(200);
      expect(JSON.stringify(api.logs)).not.toContain(made.stdout.slice(-43));
      await api.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'are made, rotated, listed and revoked beside a running API, which follows',
    async () => {
      const api = await startApi({ dataDir });
      const client = createClient(api.baseUrl);
      const made = await runTool(env, 'create', '--name', 'second', '--scopes', 'recommend,read', '--json');
      const { secret, key } = JSON.parse(made.stdout) as { secret: string; key: { selector: string } };
      await untilPasses(async () => expect((await client.get('/policies', bearer(secret))).status).toBe(200));
      const rotated = await runTool(env, 'rotate', key.selector, '--grace', '1h');
      await untilPasses(async () => expect((await client.get('/policies', bearer(rotated.stdout))).status).toBe(200));
      expect((await client.get('/policies', bearer(secret))).status).toBe(200);
      expect((await runTool(env, 'revoke', key.selector)).exitCode).toBe(0);
      await untilPasses(async () => expect((await client.get('/policies', bearer(secret))).status).toBe(401));
      const { stdout } = await runTool(env, 'list');
      expect(stdout).toMatch(new RegExp(`${key.selector}\\s+second\\s+recommend,read\\s+ended`));
      expect(stdout).not.toContain(secret.slice(-43));
      await api.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'are refused by the tool with the reason',
    async () => {
      const refused = await runTool(env, 'revoke', 'nothing');
      expect(refused).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('no key nothing') });
    },
    TIMEOUT_MS,
  );
});

describe('keys of two processes on one database', () => {
  let database: TestDatabase;
  let apis: RunningApi[];
  let clients: Client[];
  const admin = { headers: { 'x-api-key': 'root' } };

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = { RETRY_DATABASE_URL: database.url, RETRY_ADMIN_KEY: 'root' };
    apis = await Promise.all([startApi({ env }), startApi({ env })]);
    clients = apis.map(({ baseUrl }) => createClient(baseUrl));
    for (const client of clients)
      await untilPasses(async () => expect((await client.get('/keys', admin)).status).toBe(200));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await database.drop();
  });

  it('hold in both, and are gone from both, and who changed what is named by them', async () => {
    const [a, b] = clients as [Client, Client];
    const created = await a.post('/keys', { name: 'on call', scopes: ['operate'] }, admin);
    expect(created).toMatchObject({ status: 201, body: { key: { state: 'live', created_by: 'admin_key' } } });
    const secret = String(created.body['secret']);
    await untilPasses(async () => expect((await b.put('/guardrails', {}, bearer(secret))).status).toBe(200));
    const { selector } = created.body['key'] as { readonly selector: string };
    expect((await a.put('/guardrails', { max_attempts: 9 }, bearer(secret))).body).toMatchObject({
      updated_by: `key:on call/${selector}`,
    });
    const listed = await b.get('/keys', admin);
    expect(listed.body).toMatchObject({ keys: [expect.objectContaining({ selector, name: 'on call' })] });
    expect(listed.text).not.toContain(secret.slice(-43));
    expect(await b.delete(`/keys/${selector}`, admin)).toMatchObject({ status: 200, body: { status: 'revoked' } });
    expectProblem(await b.put('/guardrails', {}, bearer(secret)), 401, 'UNAUTHENTICATED');
    await untilPasses(async () => expectProblem(await a.put('/guardrails', {}, bearer(secret)), 401));
  });

  it('are made once under one Idempotency-Key, and the secret is told once', async () => {
    const [a, b] = clients as [Client, Client];
    const keyed = { headers: { ...admin.headers, 'idempotency-key': 'make-once' } };
    const wanted = { name: 'made once', scopes: ['read'] };
    const first = await a.post('/keys', wanted, keyed);
    const again = await b.post('/keys', wanted, keyed);
    expect(first.body['secret']).toMatch(/^sr_/);
    expect(again).toMatchObject({ status: 201, body: { ...first.body, secret: null } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expectProblem(await a.post('/keys', { ...wanted, name: 'other' }, keyed), 409, 'IDEMPOTENCY_KEY_REUSED');
    const twins = { headers: { ...admin.headers, 'idempotency-key': 'make-twins' } };
    const made = await Promise.all([a, b, a, b].map((client) => client.post('/keys', wanted, twins)));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(made.filter(({ body }) => body['secret'] !== null)).toHaveLength(1);
    const { keys } = (await a.get('/keys', admin)).body as { readonly keys: readonly { readonly name: string }[] };
    expect(keys.filter(({ name }) => name === 'made once')).toHaveLength(2);
  });

  it('are rotated over HTTP: both are good for the time of grace', async () => {
    const [a] = clients as [Client];
    const { body } = await a.post('/keys', { name: 'rotated', scopes: ['read'] }, admin);
    const { selector } = body['key'] as { readonly selector: string };
    const rotated = await a.post(`/keys/${selector}/rotate`, { grace: '1h' }, admin);
    expect(rotated).toMatchObject({ status: 201, body: { replaced: { selector, state: 'ending' } } });
    for (const secret of [body['secret'], rotated.body['secret']]) {
      expect((await a.get('/policies', bearer(String(secret)))).status).toBe(200);
    }
    for (const nothing of [undefined, {}]) {
      expectProblem(await a.post(`/keys/${selector}/rotate`, nothing, admin), 409, 'KEY_ENDED');
    }
    expectProblem(await a.post('/keys/none/rotate', {}, admin), 404, 'KEY_NOT_FOUND');
    expectProblem(await a.delete('/keys/none', admin), 404, 'KEY_NOT_FOUND');
  });

  it('are refused by the field that is wrong', async () => {
    const [a] = clients as [Client];
    const cases: readonly (readonly [object, string])[] = [
      [{ scopes: ['read'] }, 'name'],
      [{ name: 'x', scopes: [] }, 'scopes'],
      [{ name: 'x', scopes: ['write'] }, 'scopes[0]'],
      [{ name: 'x', scopes: ['admin'], tenant: 'acme' }, 'scopes'],
      [{ name: 'x', scopes: ['read'], tenant: '' }, 'tenant'],
      [{ name: 'x', scopes: ['read'], expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
      [{ name: 'x', scopes: ['read'], requests_per_second: 0 }, 'requests_per_second'],
      [{ name: 'x', scopes: ['read'], secret: 'mine' }, 'secret'],
    ];
    for (const [body, path] of cases) {
      const answer = await a.post('/keys', body, admin);
      expectProblem(answer, 400);
      expect(problemPaths(answer)).toEqual([path]);
    }
  });
});
