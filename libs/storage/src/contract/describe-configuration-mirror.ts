import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigurationMirror, StoredConfiguration } from '@smart-retry/domain';
import { someStrategy } from '@smart-retry/domain/testing';
import { NOON_MS, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

const NOTHING = { revision: 0, changedAtMs: 0 };
const at = (revision: number, changes: Partial<StoredConfiguration> = {}): StoredConfiguration => ({
  revision,
  strategy: someStrategy(),
  changedAtMs: NOON_MS + revision,
  changedBy: 'operator',
  ...changes,
});

export function describeConfigurationMirror(name: string, open: Open<{ readonly mirror: ConfigurationMirror }>): void {
  describe(`${name} configuration mirror`, () => {
    let stores: Opened<{ readonly mirror: ConfigurationMirror }>;
    let mirror: ConfigurationMirror;
    beforeAll(async () => {
      stores = await open();
      mirror = stores.mirror;
    });
    afterAll(() => stores.close());

    it('has nothing before the first confirmation', async () => {
      expect(await mirror.look(unique('lineage'), NOTHING)).toBeNull();
    });

    it('shows what was confirmed, and to who knows it already only how long ago', async () => {
      const lineage = unique('lineage');
      await mirror.confirm(lineage, at(3));
      const confirmedAgoMs = expect.any(Number);
      expect(await mirror.look(lineage, NOTHING)).toEqual({ confirmedAgoMs, configuration: at(3) });
      expect(await mirror.look(lineage, at(3))).toEqual({ confirmedAgoMs, configuration: null });
      const otherHistory = at(3, { changedAtMs: NOON_MS });
      expect(await mirror.look(lineage, otherHistory)).toEqual({ confirmedAgoMs, configuration: at(3) });
    });

    it('does not go back to a revision that a slower process still knows', async () => {
      const lineage = unique('lineage');
      await mirror.confirm(lineage, at(4));
      await mirror.confirm(lineage, at(3));
      expect(await mirror.look(lineage, NOTHING)).toMatchObject({ configuration: { revision: 4 } });
      await mirror.confirm(lineage, at(5));
      expect(await mirror.look(lineage, NOTHING)).toMatchObject({ configuration: { revision: 5 } });
    });

    it('keeps installations apart', async () => {
      const [a, b] = [unique('lineage'), unique('lineage')];
      await mirror.confirm(a, at(9));
      await mirror.confirm(b, at(1));
      expect(await mirror.look(a, NOTHING)).toMatchObject({ configuration: { revision: 9 } });
      expect(await mirror.look(b, NOTHING)).toMatchObject({ configuration: { revision: 1 } });
    });
  });
}
