import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';

const PROBES = 3;

/**
 * An outage of a dependency that is called too seldom for first tries to tell of its end, by workers that report no retry.
 * Its breaker is left half open, with all probes out.
 *
 * @param reports whether each retry is reported as soon as its job has asked what to do next
 */
const afterOutage = ({ reports = false, rounds = 10 } = {}) => {
  const callers = new ErpCallers();
  callers.reportFirstTries(0.2);
  for (let i = 0; i < 12; i++) {
    callers.nowMs += 500;
    callers.ask({ delayMs: 60_000 });
  }
  let jobs = 0;
  const sendProbes = () => {
    while (callers.state.breaker.state !== 'half_open') callers.nowMs += 1_000;
    const sent = Array.from({ length: PROBES }, () => `waiting-${jobs++}`);
    for (const jobId of sent)
      expect(callers.ask({ jobId, errorClass: 'rate_limit' }).reasons).toContain('breaker_probe');
    return sent;
  };
  for (let round = 0; round < rounds; round++) {
    const sent = sendProbes();
    callers.nowMs += 1_500;
    for (const jobId of sent) {
      callers.ask({ jobId, attemptNumber: 2 });
      if (reports) callers.reportRetry({ jobId, jobType: 'email_send', success: false });
    }
    callers.nowMs += 1_000;
    callers.reportFirstTries(0.2);
    expect(callers.state.breaker.state).toBe('open');
  }
  sendProbes();
  return callers;
};

describe('the breaker of a dependency whose workers report too late', () => {
  it('opens again when the jobs of its probes ask what to do next', () => {
    afterOutage({ rounds: 1 });
  });

  it('closes when they do not ask for longer than those took that failed', () => {
    const callers = afterOutage();
    callers.nowMs += 1_000;
    expect(callers.state.breaker.state).toBe('half_open');
    callers.nowMs += 2_000;
    expect(callers.state.breaker.state).toBe('closed');
  });

  it('control: stays half open where all that fails is reported: a success would be, too', () => {
    const callers = afterOutage({ reports: true });
    callers.nowMs += 9_000;
    expect(callers.state.breaker.state).toBe('half_open');
  });
});
