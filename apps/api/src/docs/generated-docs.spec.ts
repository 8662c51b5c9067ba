import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { generateDocs } from './generated-docs.js';

const ROOT = new URL('../../../../', import.meta.url);
const docs = await generateDocs();

describe('generated documents', () => {
  it.each([...docs])('%s is what the code says (npm run docs -w @smart-retry/api)', (path, text) => {
    expect(readFileSync(new URL(path, ROOT), 'utf8')).toBe(text);
  });
});
