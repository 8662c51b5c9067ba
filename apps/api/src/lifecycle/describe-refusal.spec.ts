import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import { describeRefusal } from './describe-refusal.js';

describe('describeRefusal', () => {
  it('names the setting that keeps us from listening', () => {
    const error = Object.assign(new Error('listen EADDRINUSE: address already in use 127.0.0.1:8080'), {
      code: 'EADDRINUSE',
      syscall: 'listen',
    });
    expect(describeRefusal(error)).toEqual({
      message: 'RETRY_PORT names a port on which another process listens already',
      details: { setting: 'RETRY_PORT' },
    });
  });

  it('says what was said of a store, and why, without a stack', () => {
    const cause = new Error('no_such_parameter');
    expect(describeRefusal(new SmartRetryError('STORE_UNAVAILABLE', 'it did not start', { cause }))).toEqual({
      message: 'it did not start',
      details: { code: 'STORE_UNAVAILABLE', cause: 'no_such_parameter' },
    });
  });

  it('shows a defect whole', () => {
    const err = new TypeError('x is undefined');
    expect(describeRefusal(err)).toEqual({ message: 'the API did not start', details: { err } });
  });
});
