import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';

const TICK_MS = 5_000;
/** Longer than until others are sent. */
const PROBE_MS = 70_000;

/** The states of a breaker from five to ten minutes after it has opened, where nobody tells of first tries, and what is known of a probe once it has ended. */
function statesAfter(tells: 'success' | 'failure' | 'nothing', everyMs = TICK_MS): readonly string[] {
  const callers = new ErpCallers();
  for (let i = 0; i < 20; i++) {
    callers.nowMs += 1_000;
    callers.reportRetry({ success: false });
  }
  expect(callers.state.breaker.state).toBe('open');
  const states = new Set<string>();
  let out: { readonly jobId: string; readonly attemptNumber: number; readonly endMs: number }[] = [];
  const send = (jobId: string, failedAttempt: number) => {
    const { kind, isProbe } = callers.ask({ jobId, attemptNumber: failedAttempt, delayMs: 600_000 });
    if (kind === 'admitted' && isProbe)
      out.push({ jobId, attemptNumber: failedAttempt + 1, endMs: callers.nowMs + PROBE_MS });
  };
  for (let tick = 0; tick < 120; tick++) {
    callers.nowMs += TICK_MS;
    const ended = out.filter(({ endMs }) => endMs <= callers.nowMs);
    out = out.filter(({ endMs }) => endMs > callers.nowMs);
    for (const { jobId, attemptNumber } of ended) {
      const report = { jobId, jobType: 'email_send', attemptNumber, processingTimeMs: PROBE_MS };
      if (tells !== 'nothing') callers.reportRetry({ ...report, success: tells === 'success' });
      // Whose probe fails asks what to do next.
      if (tells !== 'success') send(jobId, attemptNumber);
    }
    const { state } = callers.state.breaker;
    if (tick > 60) states.add(state);
    if (state === 'half_open' && (tick * TICK_MS) % everyMs === 0) send(`waiting-${tick}`, 2);
  }
  return [...states];
}

describe('a breaker whose probes take longer than until others are sent', () => {
  it.each([5_000, 40_000])('closes when they come through, one each %i ms', (everyMs) => {
    expect(statesAfter('success', everyMs)).toEqual(['closed']);
  });

  it.each([5_000, 40_000])('opens again when they fail, one each %i ms', (everyMs) => {
    expect(statesAfter('failure', everyMs)).toContain('open');
  });

  it('opens again when their jobs ask what to do next', () => {
    expect(statesAfter('nothing')).toContain('open');
  });
});

describe('a breaker that is half open', () => {
  /** Nobody has asked for ten minutes when the first probe goes out. */
  const lookedAtLate = () => {
    const callers = new ErpCallers();
    for (let i = 0; i < 20; i++) {
      callers.nowMs += 1_000;
      callers.reportRetry({ success: false });
    }
    expect(callers.state.breaker.state).toBe('open');
    callers.nowMs += 600_000;
    expect(callers.ask({ jobId: 'first', attemptNumber: 2 }).isProbe).toBe(true);
    return callers;
  };

  it('is not moved by calls of before it was', () => {
    const callers = lookedAtLate();
    const timestampMs = callers.nowMs - 50_000;
    callers.nowMs += 1_000;
    for (let i = 0; i < 3; i++) callers.reportRetry({ timestampMs });
    expect(callers.state.breaker.state).toBe('half_open');
  });

  it('goes by probes of workers whose clock is behind', () => {
    const callers = lookedAtLate();
    const { nowMs } = callers;
    callers.nowMs = nowMs - 3_000;
    callers.ask({ jobId: 'behind', attemptNumber: 2 });
    callers.nowMs = nowMs + 2_000;
    for (const jobId of ['first', 'behind']) callers.ask({ jobId, attemptNumber: 3 });
    callers.nowMs += 1_000;
    expect(callers.state.breaker.state).toBe('open');
  });
});
