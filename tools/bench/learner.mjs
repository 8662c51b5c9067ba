import { BayesianMemory } from '../../libs/bayesian/dist/index.js';
import { DEFAULT_LEARNING } from '../../libs/domain/dist/index.js';
import { createBayesianLayer } from '../../libs/engine/dist/bayesian-layer.js';
import { Incidents } from '../../libs/engine/dist/incidents.js';
import { UNTAUGHT_LAYERS } from '../../libs/engine/dist/index.js';
import { Teacher } from '../../libs/engine/dist/teacher.js';
import { createTaughtTraffic } from './taught-traffic.mjs';

const MAX_DEPENDENCIES = 2_000;
const MAX_CELLS = 100_000;

/** A Bayesian layer that has learned `outcomes` outcomes, and a snapshot for `decide` in which it speaks. */
export function createLearner({ outcomes, learnedMaxAttempts, configuration, stepMs }) {
  const traffic = createTaughtTraffic({ stepMs });
  const memory = new BayesianMemory({ maxCells: MAX_CELLS });
  const incidents = new Incidents({ maxDependencies: MAX_DEPENDENCIES });
  const teacher = new Teacher({ memory, incidents, maxDependencies: MAX_DEPENDENCIES });
  const learn = (count) => {
    for (let i = 0; i < count; i++) teacher.teach(traffic.nextOutcome(), DEFAULT_LEARNING);
    return count;
  };
  learn(outcomes);
  const strategy = { ...configuration.strategy, learnedMaxAttempts };
  return {
    memory,
    teacher,
    traffic,
    learn,
    snapshot: {
      configuration: { ...configuration, strategy },
      learnedLayers: [UNTAUGHT_LAYERS[0], createBayesianLayer(memory)],
      canAudit: true,
      explores: true,
    },
  };
}
