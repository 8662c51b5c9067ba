import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { T0 } from '@smart-retry/domain/testing';
import { RecommendationIds, type RecommendationClaims } from './recommendation-id.js';

const KEY = new Uint8Array(32).fill(7);
/** Issued under KEY for the claims below by the code before version 2. */
const OF_VERSION_1 = 'AQQBm8IQMkCAAAAAAAIAAB9AC3QQGiQWAAAAAQd0aW1lb3V0NTA0KNE9d7DlUYtDttHo';
const claims = (changes: Partial<RecommendationClaims> = {}): RecommendationClaims => ({
  decision: 'retry',
  issuedAtMs: T0,
  attemptNumber: 2,
  delayMs: 8_000,
  propensity: 0.5,
  tenant: 'acme',
  jobType: 'email_send',
  errorClass: 'timeout',
  errorCode: '504',
  nonce: 1,
  ...changes,
});

describe('RecommendationIds', () => {
  const ids = new RecommendationIds(KEY);

  it('reads back what it signed, in at most 128 characters, for any claims', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300, unit: 'grapheme' }),
        fc.option(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), { nil: undefined }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.nat(2 ** 31),
        (errorClass, errorCode, attemptNumber, delayMs) => {
          const id = ids.encode(claims({ errorClass, errorCode, attemptNumber, delayMs }));
          const decoded = ids.decode(id);
          expect(id.length).toBeLessThanOrEqual(128);
          expect(decoded).toMatchObject({ decision: 'retry', issuedAtMs: T0, attemptNumber, delayMs });
          const size = new TextEncoder().encode(errorClass + (errorCode ?? '')).length;
          if (size <= 54) expect(decoded?.failure).toEqual({ errorClass, errorCode });
          else expect(decoded?.failure).toBeNull();
        },
      ),
    );
  });

  it('carries the age of the incident to 5 %, whatever it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (incidentAgeMs) => {
        const decoded = ids.decode(ids.encode(claims({ incidentAgeMs })))?.incidentAgeMs ?? NaN;
        expect(Math.abs(decoded - incidentAgeMs)).toBeLessThanOrEqual(0.05 * (1_000 + incidentAgeMs));
      }),
    );
    expect(ids.decode(ids.encode(claims({ incidentAgeMs: 0 })))?.incidentAgeMs).toBe(0);
    expect(ids.decode(ids.encode(claims({ incidentAgeMs: Number.MAX_VALUE })))?.incidentAgeMs).toBeGreaterThan(1e12);
    expect(ids.decode(ids.encode(claims()))?.incidentAgeMs).toBeUndefined();
  });

  it('still reads an id of version 1, which knows no incident', () => {
    const decoded = ids.decode(OF_VERSION_1);
    expect(decoded).toMatchObject({ decision: 'retry', issuedAtMs: T0, attemptNumber: 2, delayMs: 8_000 });
    expect(decoded?.failure).toEqual({ errorClass: 'timeout', errorCode: '504' });
    expect(decoded?.incidentAgeMs).toBeUndefined();
    expect(decoded?.isFor({ tenant: 'acme', jobType: 'email_send' })).toBe(true);
    expect(decoded?.isFor({ tenant: 'acm', jobType: 'eemail_send' })).toBe(false);
    expect(decoded?.isFor({ jobType: 'email_send' })).toBe(false);
  });

  it('carries how long the server asked to wait to a few milliseconds a minute, and is no longer where it did not', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 86_400_000, noNaN: true }), (hintMs) => {
        const decoded = ids.decode(ids.encode(claims({ hintMs })));
        expect(Math.abs((decoded?.hintMs ?? NaN) - hintMs)).toBeLessThanOrEqual(1 + 0.0002 * hintMs);
        expect(decoded?.failure).toEqual({ errorClass: 'timeout', errorCode: '504' });
      }),
    );
    const without = ids.encode(claims());
    expect(ids.decode(without)?.hintMs).toBeUndefined();
    expect(ids.encode(claims({ hintMs: 1 })).length).toBeGreaterThan(without.length);
  });

  it('carries the dependency that was named, where it fits beside class and code', () => {
    const text = fc.string({ maxLength: 60, unit: 'grapheme' });
    const named = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
    const hint = fc.option(fc.nat(86_400_000), { nil: undefined });
    fc.assert(
      fc.property(
        named,
        text,
        fc.option(named, { nil: undefined }),
        hint,
        (dependency, errorClass, errorCode, hintMs) => {
          const id = ids.encode(claims({ dependency, errorClass, errorCode, hintMs }));
          const decoded = ids.decode(id);
          expect(id.length).toBeLessThanOrEqual(128);
          const room = hintMs === undefined ? 53 : 51;
          const size = new TextEncoder().encode(dependency + errorClass + (errorCode ?? '')).length;
          expect(decoded?.dependency).toBe(size <= room ? dependency : undefined);
          if (size <= room) expect(decoded?.failure).toEqual({ errorClass, errorCode });
          const without = ids.decode(ids.encode(claims({ errorClass, errorCode, hintMs })));
          expect([decoded?.failure, decoded?.hintMs]).toEqual([without?.failure, without?.hintMs]);
        },
      ),
    );
    expect(ids.decode(ids.encode(claims()))?.dependency).toBeUndefined();
    const [dependency, errorClass] = ['\u{feff}erp', '\u{feff}timeout'];
    const decoded = ids.decode(ids.encode(claims({ dependency, errorClass })));
    expect([decoded?.dependency, decoded?.failure?.errorClass]).toEqual([dependency, errorClass]);
  });

  it('is for its own tenant and job type only', () => {
    const decoded = ids.decode(ids.encode(claims()));
    expect(decoded?.isFor({ tenant: 'acme', jobType: 'email_send' })).toBe(true);
    expect(decoded?.isFor({ tenant: 'acm', jobType: 'eemail_send' })).toBe(false);
    expect(decoded?.isFor({ tenant: '', jobType: 'email_send' })).toBe(false);
    expect(decoded?.isFor({ tenant: 'acme', jobType: 'sms_send' })).toBe(false);
  });

  it('is for its own job type where no tenant is named', () => {
    for (const tenant of ['acme', '']) {
      const decoded = ids.decode(ids.encode(claims({ tenant })));
      expect(decoded?.isFor({ jobType: 'email_send' })).toBe(true);
      expect(decoded?.isFor({ jobType: 'sms_send' })).toBe(false);
    }
  });

  it('refuses every id with one character changed, removed or added', () => {
    const id = ids.encode(claims());
    for (let i = 0; i < id.length; i++) {
      const other = id[i] === 'A' ? 'B' : 'A';
      expect(ids.decode(id.slice(0, i) + other + id.slice(i + 1))).toBeNull();
      expect(ids.decode(id.slice(0, i) + id.slice(i + 1))).toBeNull();
    }
    expect(ids.decode(`${id}=`)).toBeNull();
    expect(ids.decode(`${id}A`)).toBeNull();
  });

  it('refuses any text that it did not sign', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => expect(ids.decode(text)).toBeNull()));
  });

  it('still reads ids of an earlier key, and another key does not', () => {
    const rotating = new RecommendationIds(KEY);
    const id = rotating.encode(claims());
    rotating.useKey(new Uint8Array(32).fill(9));
    expect(rotating.decode(id)?.attemptNumber).toBe(2);
    expect(new RecommendationIds(new Uint8Array(32).fill(9)).decode(id)).toBeNull();
  });
});
