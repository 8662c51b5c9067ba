import { describe, expect, it } from '@jest/globals';
import { Histogram, Registry } from 'prom-client';
import { REQUEST_DURATIONS, RequestDurations } from './request-durations.js';

const labels = { method: 'POST', route: '/things/:id', status: '2xx' };

describe('RequestDurations', () => {
  it("renders what Prometheus' own histogram renders of the same observations, bounds included", async () => {
    const registry = new Registry();
    const durations = new RequestDurations(registry);
    const reference = new Registry();
    const histogram = new Histogram({ ...REQUEST_DURATIONS, registers: [reference] });
    const cell = durations.cell(labels);
    for (const seconds of [0, 0.000_4, 0.001, 0.002, 0.0025, 0.7, 5, 5.1, 60]) {
      cell.observe(seconds);
      histogram.observe(labels, seconds);
    }
    expect(await registry.metrics()).toBe(await reference.metrics());
  });

  it('says nothing of what was never observed', async () => {
    const registry = new Registry();
    new RequestDurations(registry).cell(labels);
    expect(await registry.metrics()).not.toContain('POST');
  });
});
