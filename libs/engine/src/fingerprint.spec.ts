import { describe, expect, it } from '@jest/globals';
import { fingerprintErrorMessage } from './fingerprint.js';

describe('fingerprintErrorMessage', () => {
  it('is the same for messages that differ in numbers, ids and white space', () => {
    const one = fingerprintErrorMessage(
      'Connect to 10.0.0.1:5432 failed after 3012 ms (request 6f1c2f0e-8a52-4a55-9a3e-2f8d6f3e8b11)',
    );
    const two = fingerprintErrorMessage(
      'connect to 10.9.8.7:5432  failed after 17 ms (request 00000000-1111-2222-3333-444444444444)',
    );
    expect(one).toBe(two);
    expect(one).toMatch(/^[0-9a-f]{16}$/);
  });

  it('differs where the words differ', () => {
    expect(fingerprintErrorMessage('connection refused')).not.toBe(fingerprintErrorMessage('connection reset'));
  });

  it('is the same for messages that differ in digests and addresses', () => {
    const [one, two] = ['a', 'b'].map((digit) =>
      fingerprintErrorMessage(`layer sha256:${digit.repeat(64)} at 0x${digit.repeat(8)} of trace ${digit.repeat(16)}`),
    );
    expect(one).toBe(two);
  });

  it.each([
    ['a digest with a suffix', `${'e3b0c44298fc1c14'.repeat(500)}_part`],
    ['an endless id', `${'deadbeef-abcd-'.repeat(600)}z`],
    ['white space', `${' '.repeat(8_000)}z`],
  ])('comes to an end with %s', (_what, message) => {
    expect(fingerprintErrorMessage(message)).toMatch(/^[0-9a-f]{16}$/);
  });
});
