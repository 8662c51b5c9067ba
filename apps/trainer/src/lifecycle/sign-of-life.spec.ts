import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveSignOfLife, hasSignOfLife } from './sign-of-life.js';

const folders: string[] = [];
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sign-of-life-'));
  folders.push(folder);
  return join(folder, 'data');
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe('a sign of life', () => {
  it('is seen for a minute, and not before the first one', async () => {
    const dataDir = await newFolder();
    const nowMs = Date.now();
    expect(await hasSignOfLife(dataDir, nowMs)).toBe(false);
    await giveSignOfLife(dataDir);
    expect(await hasSignOfLife(dataDir, nowMs)).toBe(true);
    expect(await hasSignOfLife(dataDir, nowMs + 3_600_000)).toBe(false);
  });
});
