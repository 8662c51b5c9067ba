import { describe, expect, it } from '@jest/globals';
import { fromSubjectRecord } from './data.dto.js';

describe('an exported record', () => {
  it('spells durations as the decisions do', () => {
    const report = {
      jobId: 'j',
      jobType: 't',
      attemptNumber: 1,
      success: true,
      timestampMs: 0,
      processingTimeMs: 5_250,
    };
    const counts = {
      jobType: 't',
      succeeded: 1,
      failed: 0,
      windowStartMs: 0,
      windowEndMs: 1,
      processingTimeMs: 150_000,
    };
    expect(fromSubjectRecord({ kind: 'attempt', report })).toMatchObject({ processing_time: '00:05.250' });
    expect(fromSubjectRecord({ kind: 'counts', counts })).toMatchObject({ processing_time: '00:02:30' });
  });
});
