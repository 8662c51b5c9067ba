import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CONTROLS } from './controls.mjs';
import { initialize, load, SWITCHED_OFF } from './switched-off.mjs';

const ROOT = new URL('../../', import.meta.url);
const read = async (url: string) => ({ format: 'module', source: readFileSync(new URL(url), 'utf8') });

describe('what a control switches off', () => {
  it('belongs to an invariant that has a control', () => {
    expect(CONTROLS.map(({ invariant }: { invariant: string }) => invariant)).toEqual(
      expect.arrayContaining(Object.keys(SWITCHED_OFF)),
    );
  });

  it.each(Object.entries(SWITCHED_OFF))('is still there to be replaced: %s', async (invariant, changes) => {
    initialize({ invariant, rootUrl: ROOT.href });
    for (const [file] of changes) {
      const url = new URL(String(file), ROOT).href;
      const { source } = await load(url, {}, read);
      expect(source).not.toBe((await read(url)).source);
    }
  });

  it('is refused where the code says something else', async () => {
    initialize({ invariant: 'stale', rootUrl: ROOT.href });
    const url = new URL('libs/guardrails/dist/terminal-guardrails.js', ROOT).href;
    await expect(load(url, {}, async () => ({ source: 'nothing' }))).rejects.toThrow(/does not contain/);
  });
});
