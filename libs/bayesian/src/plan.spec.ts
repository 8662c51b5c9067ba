import { describe, expect, it } from '@jest/globals';
import { BIN_COUNT } from './delay-grid.js';
import { Plan } from './plan.js';
import { Shelf } from './shelf.js';
import { someQuestion } from './testing/builders.js';
import type { BayesianView } from './view.js';

const { objective, bounds, exploration } = someQuestion();
const TERMS = { objective, bounds, exploration };
const SETTINGS = { enabled: true, maxShare: 0.2, anchorShare: 0.02 };
const EMPTY: BayesianView = {
  best: null,
  others: [],
  confidence: 0,
  evidence: { waited: '', outcomes: 0, successes: 0 },
  exploration: null,
  atOnce: { successProbability: 0.5, evidence: 2 },
};
const planWith = (shelf = new Shelf(10)) => new Plan(TERMS, () => new Array<number>(BIN_COUNT), 0.8, shelf);

describe('Plan', () => {
  it('is for equal terms, and for none that differ in anything', () => {
    const plan = planWith();
    expect(plan.isFor({ objective: { ...objective }, bounds: { ...bounds }, exploration: { ...SETTINGS } })).toBe(true);
    const others = [
      { ...TERMS, objective: { ...objective, attemptCost: 0.5 } },
      { ...TERMS, objective: { ...objective, valueHalfLifeMs: 1 } },
      { ...TERMS, bounds: { ...bounds, minDelayMs: 1 } },
      { ...TERMS, bounds: { ...bounds, maxDelayMs: 1 } },
      { ...TERMS, bounds: { ...bounds, maxAttempts: 1 } },
      { ...TERMS, bounds: { ...bounds, processingMs: 1 } },
      { ...TERMS, exploration: null },
      { ...TERMS, exploration: { ...SETTINGS, enabled: false } },
      { ...TERMS, exploration: { ...SETTINGS, maxShare: 1 } },
      { ...TERMS, exploration: { ...SETTINGS, anchorShare: 1 } },
    ];
    expect(others.map((terms) => plan.isFor(terms))).toEqual(others.map(() => false));
  });

  it('keeps views as long as there is room on the shelf, whatever plan they are of', () => {
    const shelf = new Shelf(3);
    const plans = [planWith(shelf), planWith(shelf)];
    let formed = 0;
    const ask = (plan: number, key: number) =>
      plans[plan]?.viewFor(key, undefined, () => {
        formed++;
        return EMPTY;
      });
    for (const [plan, key] of [
      [0, 1],
      [1, 1],
      [0, 2],
    ] as const)
      ask(plan, key);
    for (const [plan, key] of [
      [0, 1],
      [1, 1],
      [0, 2],
    ] as const)
      ask(plan, key);
    expect(formed).toBe(3);
    ask(1, 2);
    ask(1, 1);
    expect(formed).toBe(4);
    ask(0, 1);
    expect(formed).toBe(5);
  });

  it('keeps views of tenants apart, on the same shelf', () => {
    const plan = planWith(new Shelf(2));
    let formed = 0;
    const ask = (tenant: string | undefined, key: number) =>
      plan.viewFor(key, tenant, () => {
        formed++;
        return EMPTY;
      });
    for (const tenant of [undefined, 'a', undefined, 'a']) ask(tenant, 1);
    expect(formed).toBe(2);
    ask('b', 1);
    ask('a', 1);
    expect(formed).toBe(3);
    ask('a', 2);
    ask('b', 1);
    expect(formed).toBe(4);
    ask('a', 1);
    ask('b', 1);
    expect(formed).toBe(6);
  });
});
