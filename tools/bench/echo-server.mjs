import 'reflect-metadata';
import { fastify } from 'fastify';
import { Controller, HttpCode, Module, Post, Body } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

// The peers of `bench:api`: NestJS on Fastify and nothing else, or Fastify alone. They parse the body and answer it; no
// validation, no logs. Usage: echo-server.mjs port nest|fastify
class EchoController {
  echo(body) {
    return body;
  }
}
const echo = Object.getOwnPropertyDescriptor(EchoController.prototype, 'echo');
Post('echo')(EchoController.prototype, 'echo', echo);
HttpCode(200)(EchoController.prototype, 'echo', echo);
Body()(EchoController.prototype, 'echo', 0);
Controller()(EchoController);

class EchoModule {}
Module({ controllers: [EchoController] })(EchoModule);

const [port, framework] = process.argv.slice(2);
if (framework === 'fastify') {
  const bare = fastify();
  bare.post('/echo', async (request) => request.body);
  await bare.listen({ port: Number(port), host: '127.0.0.1' });
} else {
  const app = await NestFactory.create(EchoModule, new FastifyAdapter(), { logger: false });
  await app.listen(Number(port), '127.0.0.1');
}
