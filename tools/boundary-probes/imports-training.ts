// as: libs/training/src/__probe__.ts
import '@smart-retry/domain';
import '@smart-retry/ml';
import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@smart-retry/rules'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/guardrails'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/bayesian'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/engine'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/storage/memory'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/api'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/simulation'; // expect: @nx/enforce-module-boundaries
import '../../domain/src/index.js'; // expect: @nx/enforce-module-boundaries
import 'lru-cache'; // expect: @nx/enforce-module-boundaries
import '@nestjs/common'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/trainer'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/settings'; // expect: @nx/enforce-module-boundaries
