import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../bootstrap.mjs';
import { deriveScale, fillIn, readMeasured } from './derive.mjs';

const text = readFileSync(join(ROOT, 'docs', 'scale.md'), 'utf8');
/** Prettier lays tables out; what they say is the same. */
const withoutLayout = (markdown: string) => markdown.replace(/[ \n]+/g, ' ').replace(/ ?\| ?:?-+:? ?(?=\|)/g, ' -');

describe('docs/scale.md', () => {
  it('says what follows from the committed benchmarks: `npm run scale` writes it anew', () => {
    const filled = fillIn(text, deriveScale(readMeasured()));
    expect(withoutLayout(text)).toBe(withoutLayout(filled));
  });

  it('control: says something else where a benchmark does', () => {
    const measured = readMeasured();
    const filled = fillIn(text, deriveScale({ ...measured, jobBytes: 2 * measured.jobBytes }));
    expect(withoutLayout(text)).not.toBe(withoutLayout(filled));
  });

  it('is not derived from a benchmark that no longer holds the figure', () => {
    expect(() => readMeasured(() => '# nothing')).toThrow('has nothing like');
  });
});
