import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { generateDocs } from './generated-docs.js';

const ROOT = new URL('../../../../', import.meta.url);
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content: object }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const docs = await generateDocs();

describe('generated documents', () => {
  it.each([...docs])('%s is what the code says (npm run docs -w @smart-retry/api)', (path, text) => {
    expect(readFileSync(new URL(path, ROOT), 'utf8')).toBe(text);
  });

  it('declare errors as JSON on every route, whatever it answers else', () => {
    const { paths } = JSON.parse(docs.get('docs/openapi.json') ?? '') as Document;
    const errors = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.entries(responses)
          .filter(([status]) => status >= '400')
          .map(([status, { content }]) => ({ path, method, status, types: Object.keys(content) })),
      ),
    );
    expect(errors).not.toEqual([]);
    expect(errors.filter(({ types }) => types.join() !== 'application/json')).toEqual([]);
  });
});
