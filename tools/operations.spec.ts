import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { pino } from 'pino';
import { parse, parseAllDocuments } from 'yaml';
import { ApiMetrics } from '../apps/api/dist/ops/api-metrics.js';
import { timeRequests } from '../apps/api/dist/ops/time-requests.js';
import { createSmartRetry } from '../libs/engine/dist/index.js';
import { openMemory } from '../libs/storage/dist/memory/index.js';
import { ROOT } from './bootstrap.mjs';
import { findPromtoolProgram } from './servers/promtool-program.mjs';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number };
  readonly targets: readonly { readonly expr: string }[];
}

const RULES = 'docs/ops/prometheus-rules.yaml';
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const { groups } = parse(read(RULES)) as {
  readonly groups: readonly { readonly rules: readonly Alert[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules);
const { panels } = JSON.parse(read('docs/ops/grafana-dashboard.json')) as { readonly panels: readonly Panel[] };

/** Names of series: those of a histogram end in `_bucket`, `_sum` and `_count`. */
const series = new Set<string>();

beforeAll(async () => {
  const metrics = new ApiMetrics();
  timeRequests(fastify(), { registry: metrics.registry, logger: pino({ level: 'silent' }) });
  metrics.nameReplica('one');
  metrics.observe(createSmartRetry({ stores: openMemory() }), []);
  for (const { name, type } of await metrics.registry.getMetricsAsJSON()) {
    for (const suffix of String(type) === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) series.add(name + suffix);
  }
});

const unknownIn = (expr: string) => (expr.match(/\bsmart_retry_\w+/g) ?? []).filter((name) => !series.has(name));

describe('alerts and dashboard', () => {
  it('ask for nothing that /metrics does not tell', () => {
    expect(alerts.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    expect(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => unknownIn(expr)))).toEqual([]);
    expect(unknownIn('rate(smart_retry_never_heard_of_total[5m])')).toEqual(['smart_retry_never_heard_of_total']);
  });

  it('are rules that Prometheus takes, which it does not of any text', () => {
    const { path } = findPromtoolProgram();
    const folder = mkdtempSync(join(tmpdir(), 'smart-retry-rules-'));
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, read(RULES).replace('== 0', '=='));
    const check = (file: string) => spawnSync(path, ['check', 'rules', file], { encoding: 'utf8' });
    const found = `${alerts.length} rules found`;
    expect(check(join(ROOT, RULES))).toMatchObject({ status: 0, stdout: expect.stringContaining(found) });
    expect(check(broken)).toMatchObject({ status: 1 });
    rmSync(folder, { recursive: true });
  }, 600_000);

  it('have a runbook for each alert, and no runbook without one', () => {
    const [, runbooks = ''] = read('docs/operations.md').split('## Runbooks');
    const headings = [...runbooks.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(headings.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    }
  });

  it('show each panel in a place of its own', () => {
    expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x},${y}`)).size).toBe(panels.length);
  });
});

describe('the manifests', () => {
  const text = read('docs/ops/kubernetes.yaml');
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);

  it('say what each object is, and select the pods that they make', () => {
    expect(documents.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'PodDisruptionBudget', 'Deployment']);
    expect(text.match(/app: smart-retry\b/g)?.length).toBeGreaterThanOrEqual(5);
  });

  it('call each API process what its pod is called', () => {
    expect(text).toMatch(/name: RETRY_REPLICA_NAME\n\s+valueFrom: \{ fieldRef: \{ fieldPath: metadata\.name \} \}/);
  });

  it('set only what is a setting', () => {
    const settings = read('docs/configuration.md');
    const names = text.match(/\bRETRY_\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(settings).toContain(`\`${name}\``);
  });
});
