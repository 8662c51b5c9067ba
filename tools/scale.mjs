import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './bootstrap.mjs';
import { deriveScale, fillIn, readMeasured } from './scale/derive.mjs';

// `npm run scale`: writes the figures of docs/scale.md anew from the committed benchmarks.
const path = join(ROOT, 'docs', 'scale.md');
const filled = fillIn(readFileSync(path, 'utf8'), deriveScale(readMeasured()));
writeFileSync(path, await format(filled, { ...(await resolveConfig(path)), filepath: path }));
