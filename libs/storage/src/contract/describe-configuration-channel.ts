import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigurationChannel } from '@smart-retry/domain';
import type { Open, Opened } from './opened.js';

export function describeConfigurationChannel(
  name: string,
  open: Open<{ readonly channel: ConfigurationChannel }>,
): void {
  describe(`${name} configuration channel`, () => {
    let stores: Opened<{ readonly channel: ConfigurationChannel }>;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    it('calls every listener back for each revision, in order', async () => {
      const heard: string[] = [];
      const done = new Promise<void>((resolve) => {
        const note = (listener: string) => (revision: number) => {
          heard.push(`${listener}${revision}`);
          if (heard.length === 4) resolve();
        };
        void stores.channel
          .subscribe(note('a'))
          .then(() => stores.channel.subscribe(note('b')))
          .then(() => stores.channel.publish(41))
          .then(() => stores.channel.publish(42));
      });
      await done;
      expect(heard.filter((entry) => entry.startsWith('a'))).toEqual(['a41', 'a42']);
      expect(heard.filter((entry) => entry.startsWith('b'))).toEqual(['b41', 'b42']);
    });
  });
}
