import {
  describeAttemptStore,
  describeConfigurationChannel,
  describeConfigurationStore,
  describeDecisionStore,
  describeFailureCounters,
  describeFailureLookup,
  describeSigningKeyStore,
  describeStatistics,
} from '../contract/index.js';
import { openMemory } from './open-memory.js';

const open = async () => ({ ...openMemory(), close: async () => undefined });

describeConfigurationStore('memory', open);
describeSigningKeyStore('memory', open);
describeAttemptStore('memory', open);
describeStatistics('memory', open);
describeFailureLookup('memory', open);
describeDecisionStore('memory', open);
describeFailureCounters('memory', open);
describeConfigurationChannel('memory', open);
