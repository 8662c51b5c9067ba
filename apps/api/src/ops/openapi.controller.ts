import { Controller, Get } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { Access } from '../http/route-access.js';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

@Controller('openapi.json')
export class OpenapiController {
  constructor(private readonly host: HttpAdapterHost) {}

  @Get()
  @Access({ scope: 'any_key' })
  @RouteSchema({ hide: true })
  document(): object {
    return this.host.httpAdapter.getInstance<FastifyInstance>().swagger();
  }
}
