import { MemoryApiKeyStore } from './memory-api-key-store.js';
import { MemoryAttemptStore } from './memory-attempt-store.js';
import { MemoryCanaryJudgements } from './memory-canary-judgements.js';
import { MemoryChangeLedger } from './memory-change-ledger.js';
import { MemoryConfigurationChannel } from './memory-configuration-channel.js';
import { MemoryConfigurationStore } from './memory-configuration-store.js';
import { MemoryDecisionStore } from './memory-decision-store.js';
import { MemoryFailureCounters } from './memory-failure-counters.js';
import { MemoryKeptResponses } from './memory-kept-responses.js';
import { MemoryModelRegistry } from './memory-model-registry.js';
import { MemoryOutcomeHistory } from './memory-outcome-history.js';
import { MemorySigningKeyStore } from './memory-signing-key-store.js';
import { MemorySubjectArchive } from './memory-subject-archive.js';
import { MemoryTrialHistory } from './memory-trial-history.js';
import { MemoryTrainingJobs } from './memory-training-jobs.js';

/** Every port in this process, wired to each other; what they hold is lost with it. */
export interface MemoryStores {
  readonly configuration: MemoryConfigurationStore;
  readonly ledger: MemoryChangeLedger;
  readonly attempts: MemoryAttemptStore;
  readonly outcomes: MemoryOutcomeHistory;
  readonly decisions: MemoryDecisionStore;
  readonly subjects: MemorySubjectArchive;
  readonly models: MemoryModelRegistry;
  readonly trials: MemoryTrialHistory;
  readonly judgements: MemoryCanaryJudgements;
  readonly signingKeys: MemorySigningKeyStore;
  readonly apiKeys: MemoryApiKeyStore;
  readonly channel: MemoryConfigurationChannel;
  readonly failureCounters: MemoryFailureCounters;
  readonly trainingJobs: MemoryTrainingJobs;
}

/** @param options.maxRecords Attempts and decisions held, each; the oldest go first. */
export function openMemory({ maxRecords = 100_000 }: { readonly maxRecords?: number } = {}): MemoryStores {
  const keptResponses = new MemoryKeptResponses();
  const ledger = new MemoryChangeLedger();
  const outcomes = new MemoryOutcomeHistory();
  const decisions = new MemoryDecisionStore({ maxRecords });
  const configuration = new MemoryConfigurationStore(keptResponses, ledger);
  const attempts = new MemoryAttemptStore({ maxRecords, decisions, outcomes, keptResponses });
  return {
    configuration,
    ledger,
    attempts,
    outcomes,
    decisions,
    subjects: new MemorySubjectArchive({ attempts, decisions, ledger, keptResponses }),
    trials: new MemoryTrialHistory(decisions, outcomes),
    judgements: new MemoryCanaryJudgements(),
    models: new MemoryModelRegistry(configuration, keptResponses, ledger),
    signingKeys: new MemorySigningKeyStore(),
    apiKeys: new MemoryApiKeyStore(keptResponses, ledger),
    channel: new MemoryConfigurationChannel(),
    failureCounters: new MemoryFailureCounters(),
    trainingJobs: new MemoryTrainingJobs(),
  };
}
