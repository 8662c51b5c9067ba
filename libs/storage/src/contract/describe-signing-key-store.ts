import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SigningKeyStore } from '@smart-retry/domain';
import type { Open, Opened } from './opened.js';

export function describeSigningKeyStore(name: string, open: Open<{ readonly signingKeys: SigningKeyStore }>): void {
  describe(`${name} signing key store`, () => {
    let stores: Opened<{ readonly signingKeys: SigningKeyStore }>;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    it('gives everybody the same one of the keys offered, and keeps to it', async () => {
      const candidates = Array.from({ length: 8 }, (_, i) => new Uint8Array(32).fill(i));
      const keys = await Promise.all(candidates.map((candidate) => stores.signingKeys.loadOrCreate(candidate)));
      const [first] = keys;
      expect(candidates).toContainEqual(first);
      for (const key of keys) expect(key).toEqual(first);
      expect(await stores.signingKeys.loadOrCreate(new Uint8Array(32).fill(99))).toEqual(first);
    });
  });
}
