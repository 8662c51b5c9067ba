import {
  describeApiKeyStore,
  describeAttemptStore,
  describeCanaryJudgements,
  describeChangeLedger,
  describeConfigurationStore,
  describeDecisionStore,
  describeFailureLookup,
  describeModelRegistry,
  describeOutcomeHistory,
  describeReplicaRegistry,
  describeSigningKeyStore,
  describeStatistics,
  describeSubjectArchive,
  describeTrialHistory,
  describeTrainingJobs,
} from '../contract/index.js';
import { openTestPostgres } from './testing/open-test-postgres.js';

describeChangeLedger('Postgres', openTestPostgres);
describeConfigurationStore('Postgres', openTestPostgres);
describeSigningKeyStore('Postgres', openTestPostgres);
describeApiKeyStore('Postgres', openTestPostgres);
describeReplicaRegistry('Postgres', openTestPostgres);
describeAttemptStore('Postgres', openTestPostgres);
describeStatistics('Postgres', openTestPostgres);
describeFailureLookup('Postgres', openTestPostgres);
describeSubjectArchive('Postgres', openTestPostgres);
describeDecisionStore('Postgres', openTestPostgres);
describeOutcomeHistory('Postgres', openTestPostgres);
describeModelRegistry('Postgres', openTestPostgres);
describeTrialHistory('Postgres', openTestPostgres);
describeCanaryJudgements('Postgres', openTestPostgres);
describeTrainingJobs('Postgres', openTestPostgres);
