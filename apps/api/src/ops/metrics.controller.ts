import { Controller, Get, Header } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { Type } from 'typebox';
import { Access } from '../http/route-access.js';
import { ApiMetrics } from './api-metrics.js';

@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: ApiMetrics) {}

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Access({ scope: 'read', tenant: 'refused' })
  @RouteSchema({
    summary: 'Metrics for Prometheus',
    tags: ['Operations'],
    response: {
      200: { description: 'Prometheus text format.', content: { 'text/plain': { schema: Type.String() } } },
    },
  })
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
