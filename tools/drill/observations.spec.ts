import { describe, expect, it } from '@jest/globals';
import { createObservations } from './observations.mjs';

const metrics = (pending: number, dropped: number) => ({
  status: 200,
  text: `smart_retry_audit_records_pending ${pending}\nsmart_retry_audit_records_dropped_total ${dropped}\n`,
});

describe('what a process was seen to owe', () => {
  it('still counts as that of a killed one when an earlier look is answered after the last', async () => {
    const answers: ((answer: ReturnType<typeof metrics>) => void)[] = [];
    const call = () => new Promise((resolve) => answers.push(resolve));
    const observations = createObservations({ replicas: [{ lifetime: 0, call }] });
    const early = observations.look(0);
    const last = observations.lookBeforeKill(0);
    answers[1]?.(metrics(3, 0));
    await last;
    answers[0]?.(metrics(4, 0));
    await early;
    expect(observations.owed.get('0/0')).toMatchObject({ wasKilled: true, pending: 4 });
  });

  it('is none of what was dropped in runs before', async () => {
    let dropped = 5;
    const call = () => Promise.resolve(metrics(0, dropped));
    const observations = createObservations({ replicas: [{ lifetime: 2, call }] });
    await observations.begin();
    dropped = 7;
    await observations.look(0);
    expect(observations.owed.get('0/2')).toMatchObject({ dropped: 2 });
  });
});
