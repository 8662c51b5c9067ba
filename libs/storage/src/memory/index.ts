export { openMemory } from './open-memory.js';
export type { MemoryStores } from './open-memory.js';
export { MemoryAttemptStore } from './memory-attempt-store.js';
export { MemoryChangeLedger } from './memory-change-ledger.js';
export { MemoryConfigurationChannel } from './memory-configuration-channel.js';
export { MemoryConfigurationStore } from './memory-configuration-store.js';
export { MemoryDecisionStore } from './memory-decision-store.js';
export { MemoryFailureCounters } from './memory-failure-counters.js';
export { MemorySigningKeyStore } from './memory-signing-key-store.js';
