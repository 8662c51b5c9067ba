import { describe, expect, it } from '@jest/globals';
import type { TenantLimit } from '@smart-retry/domain';
import type { Admission } from '@smart-retry/guardrails';
import { ErpCallers } from '../testing/fleet.js';

const ACME_60: TenantLimit = { tenant: 'acme', retriesPerMinute: 60 };
const kinds = (admissions: readonly Admission[]) => admissions.map(({ kind }) => kind);
const ask = (callers: ErpCallers, times: number, changes: Parameters<ErpCallers['ask']>[0]) =>
  Array.from({ length: times }, () => callers.ask({ errorClass: 'rate_limit', ...changes }));
const admitted = (admissions: readonly Admission[]) => kinds(admissions).filter((kind) => kind === 'admitted').length;

describe('a quota of retries a minute', () => {
  it('lets so many go ahead in one minute, and gives the others a place in the next ones', () => {
    const callers = new ErpCallers({ tenantLimits: [ACME_60] });
    const answers = ask(callers, 100, { tenant: 'acme' });
    expect(admitted(answers)).toBe(60);
    expect(answers.at(-1)).toMatchObject({
      kind: 'deferred',
      reasons: ['tenant_limit_spent'],
      effects: [{ name: 'tenant_limit', before: 'retry', after: 'defer' }],
      because: [expect.stringMatching(/60 retries a minute of tenant "acme".* room for 0 retries/)],
    });
  });

  it.each<[string, object]>([
    ['the limits are switched off', { perTenantLimits: false, tenantLimits: [ACME_60] }],
    ['another tenant is limited', { tenantLimits: [{ ...ACME_60, tenant: 'other' }] }],
    ['another queue is limited', { tenantLimits: [{ ...ACME_60, queue: 'bulk' }] }],
  ])('control: where %s all go ahead', (_, guardrails) => {
    expect(admitted(ask(new ErpCallers(guardrails), 100, { tenant: 'acme', queue: 'fast' }))).toBe(100);
  });

  it('of each tenant is counted for each by itself', () => {
    const callers = new ErpCallers({ tenantLimits: [{ tenant: '*', retriesPerMinute: 10 }] });
    expect(['a', 'b'].map((tenant) => admitted(ask(callers, 30, { tenant })))).toEqual([10, 10]);
    expect(admitted(ask(callers, 30, {}))).toBe(30);
  });

  it('refuses what may not wait for so long', () => {
    const callers = new ErpCallers({ tenantLimits: [{ queue: 'bulk', retriesPerMinute: 0 }] });
    expect(callers.ask({ queue: 'bulk', untilEndMs: 120_000 })).toMatchObject({
      kind: 'refused',
      reasons: ['tenant_limit_spent'],
    });
  });

  it('of none stops a job at once: there is never a turn to wait for', () => {
    const callers = new ErpCallers({ tenantLimits: [{ queue: 'bulk', retriesPerMinute: 0 }] });
    expect(callers.ask({ queue: 'bulk' })).toMatchObject({
      kind: 'refused',
      effects: [{ name: 'tenant_limit', before: 'retry', after: 'stop' }],
      because: ['the limit of 0 retries a minute of queue "bulk" allows none'],
    });
  });

  it('is named to a job that asks before its turn, too', () => {
    const callers = new ErpCallers({ tenantLimits: [{ ...ACME_60, retriesPerMinute: 1 }] });
    ask(callers, 3, { tenant: 'acme' });
    const [first, again] = ask(callers, 2, { tenant: 'acme', jobId: 'last' });
    expect(again).toMatchObject({
      effects: first?.effects,
      because: [expect.stringContaining('1 retries a minute of tenant "acme"')],
    });
  });

  it.each<[string, object]>([
    ['was cancelled', { success: false, status: 'cancelled' }],
    ['was never sent', { success: false, errorClass: 'not_sent' }],
  ])('has room again when a retry %s before its time', (_, report) => {
    const callers = new ErpCallers({ tenantLimits: [{ ...ACME_60, retriesPerMinute: 1 }] });
    callers.reportFirstTries(100);
    const job = { tenant: 'acme', jobId: 'parked', delayMs: 100_000 };
    expect(callers.ask(job)).toMatchObject({ kind: 'admitted' });
    const others = () => callers.ask({ tenant: 'acme', delayMs: 100_000 }).kind;
    expect(others()).toBe('deferred');
    callers.reportRetry({ ...job, attemptNumber: 2, ...report });
    expect(others()).toBe('admitted');
  });

  it('takes one of a job that asks again, and whoever was put off has its turn', () => {
    const callers = new ErpCallers({ tenantLimits: [{ ...ACME_60, retriesPerMinute: 1 }] });
    ask(callers, 5, { tenant: 'acme', jobId: 'first' });
    const begunAtMs = callers.nowMs;
    const answers = callers.askUntilAdmitted({ tenant: 'acme', jobId: 'second' });
    expect(answers[0]).toMatchObject({ kind: 'deferred' });
    expect(answers.at(-1)).toMatchObject({ kind: 'admitted' });
    expect(callers.nowMs - begunAtMs).toBeLessThan(120_000);
  });
});

describe('a share of the retry budget', () => {
  it('holds a tenant back before the budget does', () => {
    const tenantLimits = [{ tenant: 'acme', budgetSharePercent: 25 }];
    const [free, limited] = [new ErpCallers(), new ErpCallers({ tenantLimits })].map((callers) => {
      callers.reportFirstTries(100);
      return admitted(ask(callers, 1_000, { tenant: 'acme' }));
    });
    // 20 % of 100 first tries, which cost 2 each, grown by a quarter; of these 10 % are kept for other tenants.
    expect([free, limited]).toEqual([45, 12]);
  });
});

describe('one tenant that asks a hundred times as much', () => {
  /** What a modest tenant is answered once a second, beside one that asks `greedy` times as often. */
  const answersOfModest = (greedy: number, perTenantLimits: boolean) => {
    const callers = new ErpCallers({ perTenantLimits });
    callers.reportFirstTries(20);
    const answers: string[] = [];
    for (let second = 0; second < 30; second++) {
      callers.nowMs += 1_000;
      ask(callers, greedy, { tenant: 'greedy', delayMs: 5_000 });
      const { kind, delayMs } = callers.ask({
        tenant: 'modest',
        errorClass: 'rate_limit',
        jobId: `m-${second}`,
        delayMs: 5_000,
      });
      answers.push(`${kind} ${delayMs}`);
    }
    return answers;
  };

  it('leaves the answers of others unchanged', () => {
    expect(answersOfModest(100, true)).toEqual(answersOfModest(0, true));
  });

  it('control: without limits it takes the others’ places', () => {
    expect(answersOfModest(100, false)).not.toEqual(answersOfModest(0, false));
  });
});
