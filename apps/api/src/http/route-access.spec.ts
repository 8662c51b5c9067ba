import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { allowAnyKey, collectAccess } from './route-access.js';

describe('a route that does not say who may call it', () => {
  it('is named, and stops the start', async () => {
    const server = fastify();
    const access = collectAccess(server);
    server.get('/said', { config: { access: { scope: 'open' } } }, () => 'x');
    server.get('/silent', () => 'x');
    await server.ready();
    expect(() => access.requireEach()).toThrow(/@Access\(\.\.\.\).*GET \/silent; HEAD \/silent$/);
  });

  it('is not found where each one says it', async () => {
    const server = fastify();
    const access = collectAccess(server);
    await server.register(async (scope) => {
      allowAnyKey(scope);
      scope.get('/page', () => 'x');
    });
    await server.ready();
    expect(() => access.requireEach()).not.toThrow();
  });
});
