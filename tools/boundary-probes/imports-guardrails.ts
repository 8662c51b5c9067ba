// as: libs/guardrails/src/__probe__.ts
import '@smart-retry/domain';
import '@smart-retry/rules'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/bayesian'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/engine'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/storage/memory'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/api'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/simulation'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/ml'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/training'; // expect: @nx/enforce-module-boundaries
import '../../domain/src/index.js'; // expect: @nx/enforce-module-boundaries
import 're2js'; // expect: @nx/enforce-module-boundaries
import 'ioredis'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/settings'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/trainer'; // expect: @nx/enforce-module-boundaries
