import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Clock } from '@smart-retry/domain';
import {
  AuditTrail,
  Configuration,
  Fleet,
  FleetInTime,
  Learning,
  ModelContest,
  ModelRollout,
  ModelServing,
  RecommendationIds,
  Recommender,
} from '@smart-retry/engine';
import { AttemptCountsController } from './attempts/attempt-counts.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { BayesianController } from './bayesian/bayesian.controller.js';
import { DataController } from './data/data.controller.js';
import { DependencyController } from './dependencies/dependency.controller.js';
import { DecisionController } from './decisions/decision.controller.js';
import { ConfigurationWrites } from './http/configuration-writes.js';
import { Idempotency } from './http/idempotency.js';
import { KeyAdministration } from './keys/key-administration.js';
import { KeyController } from './keys/key.controller.js';
import { LiveKeys } from './keys/live-keys.js';
import { Lifecycle } from './lifecycle/lifecycle.js';
import type { Services } from './lifecycle/open-services.js';
import { ExperimentController } from './models/experiment.controller.js';
import { ModelController } from './models/model.controller.js';
import { ApiMetrics } from './ops/api-metrics.js';
import { HealthController } from './ops/health.controller.js';
import { MetricsController } from './ops/metrics.controller.js';
import { OpenapiController } from './ops/openapi.controller.js';
import { PolicyController } from './policies/policy.controller.js';
import { PreviewController } from './recommendation/preview.controller.js';
import { Replicas } from './replicas/replicas.js';
import { StatisticsController } from './statistics/statistics.controller.js';
import { HistoryController } from './strategy/history.controller.js';
import { StrategyController } from './strategy/strategy.controller.js';
import { TrainingController } from './training/training.controller.js';
import { TrainingOrders } from './training/training-orders.js';
import { LongWork } from './what-if/long-work.js';
import { WhatIfController } from './what-if/what-if.controller.js';
import {
  ATTEMPT_STORE,
  CANARY_JUDGEMENTS,
  CHANGE_LEDGER,
  CLOCK,
  CONFIGURATION_STORE,
  DECISION_STORE,
  MODEL_REGISTRY,
  OUTCOME_HISTORY,
  STORE_PROBES,
  SUBJECT_ARCHIVE,
  TRIAL_HISTORY,
  TRAINING_JOBS,
} from './tokens.js';

export type AppServices = Omit<Services, 'close'>;

/** Every route that is not asked for each failure (see `serveWorkers`), on services that are already running. */
@Module({})
export class AppModule {
  static over(services: AppServices, lifecycle: Lifecycle, clock: Clock): DynamicModule {
    const { stores, engine } = services;
    return {
      module: AppModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [
        PreviewController,
        AttemptCountsController,
        StatisticsController,
        PolicyController,
        StrategyController,
        HistoryController,
        DecisionController,
        AuditController,
        DataController,
        DependencyController,
        BayesianController,
        ModelController,
        ExperimentController,
        WhatIfController,
        KeyController,
        TrainingController,
        HealthController,
        MetricsController,
        OpenapiController,
      ],
      providers: [
        Idempotency,
        ConfigurationWrites,
        LongWork,
        TrainingOrders,
        { provide: Recommender, useValue: engine.recommender },
        { provide: Configuration, useValue: engine.configuration },
        { provide: AuditTrail, useValue: engine.audit },
        { provide: Fleet, useValue: engine.fleet.present },
        { provide: FleetInTime, useValue: engine.fleet },
        { provide: Learning, useValue: engine.learning },
        { provide: ModelServing, useValue: engine.models },
        { provide: ModelRollout, useValue: engine.rollout },
        { provide: ModelContest, useValue: engine.contest },
        { provide: RecommendationIds, useValue: engine.ids },
        { provide: ApiMetrics, useValue: services.metrics },
        { provide: LiveKeys, useValue: services.keys },
        {
          provide: KeyAdministration,
          useValue: new KeyAdministration({ store: stores.apiKeys, clock }),
        },
        { provide: Replicas, useValue: services.replicas },
        { provide: Lifecycle, useValue: lifecycle },
        { provide: ATTEMPT_STORE, useValue: stores.attempts },
        { provide: CONFIGURATION_STORE, useValue: stores.configuration },
        { provide: MODEL_REGISTRY, useValue: stores.models },
        { provide: TRIAL_HISTORY, useValue: stores.trials },
        { provide: CANARY_JUDGEMENTS, useValue: stores.judgements },
        { provide: DECISION_STORE, useValue: stores.decisions },
        { provide: OUTCOME_HISTORY, useValue: stores.outcomes },
        { provide: CHANGE_LEDGER, useValue: stores.ledger },
        { provide: SUBJECT_ARCHIVE, useValue: stores.subjects },
        { provide: TRAINING_JOBS, useValue: stores.trainingJobs },
        { provide: STORE_PROBES, useValue: stores.probes },
        { provide: CLOCK, useValue: clock },
      ],
    };
  }
}
