import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { transpile } from './transpile.mjs';

describe('transpile', () => {
  let root: string;
  let target: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'smart-retry-transpile-'));
    for (const folder of ['libs/one/src', 'apps']) await mkdir(join(root, folder), { recursive: true });
    target = join(root, 'libs/one/dist/main.js');
    await writeSource('first');
    await transpile(root);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const writeSource = (name: string) =>
    writeFile(join(root, 'libs/one/src/main.ts'), `export const ${name}: string = '${name}';\n`);

  it('writes the JavaScript of each source, and nothing besides', async () => {
    expect(await readFile(target, 'utf8')).toMatch(/export const first = ['"]first['"];/);
    expect(await readdir(join(root, 'libs/one/dist'))).toEqual(['main.js']);
  });

  it('leaves whole what a server that starts meanwhile has begun to read', async () => {
    const reader = await open(target);
    await writeSource('second');
    await transpile(root);
    expect(await reader.readFile('utf8')).toContain('first');
    expect(await readFile(target, 'utf8')).toContain('second');
    await reader.close();
  });
});
