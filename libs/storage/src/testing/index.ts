export { createTestDatabase, type TestDatabase } from '../postgres/testing/create-test-database.js';
export { openPatiently } from '../postgres/testing/open-patiently.js';
export { TcpGate } from './tcp-gate.js';
