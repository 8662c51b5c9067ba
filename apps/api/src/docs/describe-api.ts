import { createSmartRetry } from '@smart-retry/engine';
import { SETTINGS } from '@smart-retry/settings';
import { MemoryReplicaRegistry, openMemory } from '@smart-retry/storage/memory';
import { pino } from 'pino';
import { LiveKeys } from '../keys/live-keys.js';
import { createApp } from '../lifecycle/create-app.js';
import { Lifecycle } from '../lifecycle/lifecycle.js';
import { Replicas } from '../replicas/replicas.js';
import { ApiMetrics } from '../ops/api-metrics.js';

/** The OpenAPI document of the API as it comes, without a server or a store. */
export async function describeApi(): Promise<object> {
  const memory = openMemory();
  const stores = {
    ...memory,
    replicas: new MemoryReplicaRegistry(Date.now),
    probes: [],
    close: () => Promise.resolve(),
  };
  const keys = new LiveKeys({ store: memory.apiKeys, adminKey: undefined, clock: Date.now, onError: () => undefined });
  const replicas = new Replicas({
    registry: new MemoryReplicaRegistry(Date.now),
    id: 'documented',
    revision: () => 0,
    clock: Date.now,
    onError: () => undefined,
  });
  const app = await createApp({
    config: { path: SETTINGS.path.fallback, requestsPerSecond: undefined, otelEndpoint: undefined },
    services: { stores, engine: createSmartRetry({ stores: memory }), metrics: new ApiMetrics(), keys, replicas },
    lifecycle: new Lifecycle(),
    logger: pino({ level: 'silent' }),
    clock: Date.now,
  });
  try {
    return app.getHttpAdapter().getInstance().swagger();
  } finally {
    await app.close();
  }
}
