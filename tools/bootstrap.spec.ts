import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isInstalled } from './bootstrap.mjs';

type Packages = Record<string, { version?: string; integrity?: string; optional?: boolean; link?: boolean }>;

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bootstrap-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, packages: Packages): Promise<void> {
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await writeFile(join(root, path), JSON.stringify({ packages }));
}

const lock = (packages: Packages) => write('package-lock.json', packages);
const installed = async (packages: Packages) => {
  await write('node_modules/.package-lock.json', packages);
  for (const path of Object.keys(packages)) await mkdir(join(root, path), { recursive: true });
};

describe('isInstalled', () => {
  it('is false on a fresh clone', async () => {
    await lock({ 'node_modules/a': { version: '1.0.0' } });
    expect(isInstalled(root)).toBe(false);
  });

  it('is true after an install, whoever ran it', async () => {
    await lock({ '': {}, 'libs/x': { version: '0.1.0' }, 'node_modules/a': { version: '1.0.0', integrity: 'i' } });
    await installed({ 'node_modules/a': { version: '1.0.0', integrity: 'i' } });
    expect(isInstalled(root)).toBe(true);
  });

  it('is false when the folder of a package of one workspace is gone', async () => {
    const packages = { 'libs/x/node_modules/a': { version: '1.0.0', integrity: 'i' } };
    await lock(packages);
    await installed(packages);
    expect(isInstalled(root)).toBe(true);
    await rm(join(root, 'libs/x/node_modules'), { recursive: true });
    expect(isInstalled(root)).toBe(false);
  });

  it('does not miss what belongs to other platforms', async () => {
    await lock({ 'node_modules/a-darwin': { version: '1.0.0', optional: true } });
    await installed({});
    expect(isInstalled(root)).toBe(true);
  });

  it.each([
    ['is new', {}],
    ['has another version', { 'node_modules/a': { version: '0.9.0', integrity: 'i' } }],
    ['has another content', { 'node_modules/a': { version: '1.0.0', integrity: 'other' } }],
  ])('is false when a package of the lock %s', async (_, packages) => {
    await lock({ 'node_modules/a': { version: '1.0.0', integrity: 'i' } });
    await installed(packages);
    expect(isInstalled(root)).toBe(false);
  });
});
