// as: apps/api/src/__probe__.ts
import '@nestjs/common';
import '@smart-retry/domain';
import '@smart-retry/engine';
import '@smart-retry/rules';
import '@smart-retry/settings';
import '@smart-retry/simulation/what-if';
import '@smart-retry/storage/memory';
import 'node:fs';
import 'typebox/value';
import '@smart-retry/bayesian'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/guardrails'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/simulation'; // expect: no-restricted-imports
import '@smart-retry/ml';
import '@smart-retry/training'; // expect: @nx/enforce-module-boundaries
import '../../../libs/domain/src/index.js'; // expect: @nx/enforce-module-boundaries
import 'pg'; // expect: @nx/enforce-module-boundaries
import 're2js'; // expect: @nx/enforce-module-boundaries
import 'ioredis'; // expect: @nx/enforce-module-boundaries
import 'autocannon'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/trainer'; // expect: @nx/enforce-module-boundaries
