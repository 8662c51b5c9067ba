// as: libs/domain/src/__probe__.ts
import './errors.js';
import '@smart-retry/rules'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/guardrails'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/bayesian'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/engine'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/storage/memory'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/api'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/simulation'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/ml'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/training'; // expect: @nx/enforce-module-boundaries
import '../../rules/src/index.js'; // expect: @nx/enforce-module-boundaries
import 're2js'; // expect: @nx/enforce-module-boundaries
import 'lru-cache'; // expect: @nx/enforce-module-boundaries
import '@nestjs/common'; // expect: @nx/enforce-module-boundaries
import 'fast-check'; // expect: @nx/enforce-module-boundaries
import '@jest/globals'; // expect: @nx/enforce-module-boundaries
import 'a-package-that-nobody-declared'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/settings'; // expect: @nx/enforce-module-boundaries
import '@smart-retry/trainer'; // expect: @nx/enforce-module-boundaries
