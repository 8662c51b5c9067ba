import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { generateDocs } from './generated-docs.js';

const ROOT = new URL('../../../../', import.meta.url);

for (const [path, text] of await generateDocs()) writeFileSync(new URL(path, ROOT), text);
