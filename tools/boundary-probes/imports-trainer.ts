// as: apps/trainer/src/__probe__.ts
import '@smart-retry/domain';
import '@smart-retry/engine';
import '@smart-retry/ml';
import '@smart-retry/settings';
import '@smart-retry/storage/postgres';
import '@smart-retry/training';
import 'graphile-worker';
import 'node:worker_threads';
import 'pg';
import '@smart-retry/rules'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/guardrails'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/bayesian'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/simulation'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/api'; // expect: @nx/enforce-module-boundaries
import '../../../libs/domain/src/index.js'; // expect: @nx/enforce-module-boundaries
import '@nestjs/common'; // expect: @nx/enforce-module-boundaries
