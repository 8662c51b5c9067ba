export { createTestDatabase, type TestDatabase } from '../postgres/testing/create-test-database.js';
export { TcpGate } from './tcp-gate.js';
