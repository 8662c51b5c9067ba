// as: libs/engine/src/__probe__.ts
import '@smart-retry/domain';
import '@smart-retry/bayesian';
import '@smart-retry/guardrails';
import '@smart-retry/rules';
import 'lru-cache';
import '@smart-retry/storage/memory'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/api'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/simulation'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/ml';
import '@smart-retry/training'; // expect: @nx/enforce-module-boundaries
import '../../domain/src/index.js'; // expect: @nx/enforce-module-boundaries
import 're2js'; // expect: @nx/enforce-module-boundaries
import 'pg'; // expect: @nx/enforce-module-boundaries
import '@nestjs/common'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/settings'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/trainer'; // expect: @nx/enforce-module-boundaries
