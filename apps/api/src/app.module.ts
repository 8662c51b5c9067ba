import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Clock } from '@smart-retry/domain';
import {
  AttemptRecorder,
  AuditTrail,
  Configuration,
  Learning,
  RecommendationIds,
  Recommender,
} from '@smart-retry/engine';
import { AttemptController } from './attempts/attempt.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { BayesianController } from './bayesian/bayesian.controller.js';
import { DecisionController } from './decisions/decision.controller.js';
import { ConfigurationWrites } from './http/configuration-writes.js';
import { Idempotency } from './http/idempotency.js';
import { KeyAdministration } from './keys/key-administration.js';
import { KeyController } from './keys/key.controller.js';
import { LiveKeys } from './keys/live-keys.js';
import { Lifecycle } from './lifecycle/lifecycle.js';
import type { Services } from './lifecycle/open-services.js';
import { ApiMetrics } from './ops/api-metrics.js';
import { HealthController } from './ops/health.controller.js';
import { MetricsController } from './ops/metrics.controller.js';
import { OpenapiController } from './ops/openapi.controller.js';
import { PolicyController } from './policies/policy.controller.js';
import { RecommendationController } from './recommendation/recommendation.controller.js';
import { Replicas } from './replicas/replicas.js';
import { StatisticsController } from './statistics/statistics.controller.js';
import { HistoryController } from './strategy/history.controller.js';
import { StrategyController } from './strategy/strategy.controller.js';
import { LongWork } from './what-if/long-work.js';
import { WhatIfController } from './what-if/what-if.controller.js';
import {
  ATTEMPT_STORE,
  CHANGE_LEDGER,
  CLOCK,
  CONFIGURATION_STORE,
  DECISION_STORE,
  OUTCOME_HISTORY,
  STORE_PROBES,
} from './tokens.js';

export type AppServices = Omit<Services, 'close'>;

/** Every route, on services that are already running. */
@Module({})
export class AppModule {
  static over(services: AppServices, lifecycle: Lifecycle, clock: Clock): DynamicModule {
    const { stores, engine } = services;
    return {
      module: AppModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [
        RecommendationController,
        AttemptController,
        StatisticsController,
        PolicyController,
        StrategyController,
        HistoryController,
        DecisionController,
        AuditController,
        BayesianController,
        WhatIfController,
        KeyController,
        HealthController,
        MetricsController,
        OpenapiController,
      ],
      providers: [
        Idempotency,
        ConfigurationWrites,
        LongWork,
        { provide: Recommender, useValue: engine.recommender },
        { provide: Configuration, useValue: engine.configuration },
        { provide: AttemptRecorder, useValue: engine.attempts },
        { provide: AuditTrail, useValue: engine.audit },
        { provide: Learning, useValue: engine.learning },
        { provide: RecommendationIds, useValue: engine.ids },
        { provide: ApiMetrics, useValue: services.metrics },
        { provide: LiveKeys, useValue: services.keys },
        {
          provide: KeyAdministration,
          useValue: new KeyAdministration({ store: stores.apiKeys, ledger: stores.ledger, clock }),
        },
        { provide: Replicas, useValue: services.replicas },
        { provide: Lifecycle, useValue: lifecycle },
        { provide: ATTEMPT_STORE, useValue: stores.attempts },
        { provide: CONFIGURATION_STORE, useValue: stores.configuration },
        { provide: DECISION_STORE, useValue: stores.decisions },
        { provide: OUTCOME_HISTORY, useValue: stores.outcomes },
        { provide: CHANGE_LEDGER, useValue: stores.ledger },
        { provide: STORE_PROBES, useValue: stores.probes },
        { provide: CLOCK, useValue: clock },
      ],
    };
  }
}
