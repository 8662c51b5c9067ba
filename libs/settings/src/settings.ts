import { MODEL_TYPES, type ModelType } from '@smart-retry/domain';
import { BOOLEAN, DURATION, HOST_AND_PORT, oneOf, RATIO, text, wholeNumber, type SettingType } from './setting-type.js';

/** One line of the configuration reference. At least one of `env` and `file` is given. */
export interface Setting<T> {
  /** Environment variable; wins over the file. */
  readonly env?: string;
  /** Dotted path in the file that `RETRY_CONFIG` names. */
  readonly file?: string;
  readonly type: SettingType<T>;
  readonly fallback: T | undefined;
  readonly description: string;
}

/** A setting that always has a value. */
type Defaulted<T> = Setting<T> & { readonly fallback: T };

const optional = <T>(setting: Omit<Setting<T>, 'fallback'>): Setting<T> => ({ ...setting, fallback: undefined });
const defaulted = <T>(setting: Defaulted<T>): Defaulted<T> => setting;

const BASE_PATH = /^(?:\/|(?:\/[A-Za-z0-9._~-]+)+)$/;

/** Every setting, in the order of the reference. Parsing, problems and `docs/configuration.md` are derived from it. */
export const SETTINGS = {
  enabled: defaulted({
    env: 'RETRY_ENABLED',
    file: 'enabled',
    type: BOOLEAN,
    fallback: true,
    description: 'Off: every recommendation is "do not retry", guardrail `disabled`.',
  }),
  host: defaulted({
    env: 'RETRY_HOST',
    file: 'api.host',
    type: text('address', 'a host name or an address', (value) => /^[^\s/@]+$/.test(value)),
    fallback: '127.0.0.1',
    description:
      'Address to listen on. Anything but a loopback address needs `RETRY_ADMIN_KEY`, or a key of `npm run keys`.',
  }),
  port: defaulted({
    env: 'RETRY_PORT',
    file: 'api.port',
    type: wholeNumber({ from: 0, to: 65_535 }),
    fallback: 8080,
    description: 'Port to listen on; 0 takes a free one, which the log names.',
  }),
  path: defaulted({
    file: 'api.path',
    type: text('path', 'a path such as "/api/v1/retry"', (value) => BASE_PATH.test(value)),
    fallback: '/api/v1/retry',
    description: 'Base path of every route.',
  }),
  apiEnabled: defaulted({
    file: 'api.enabled',
    type: BOOLEAN,
    fallback: true,
    description: 'Off: the process says so and ends.',
  }),
  drainDelayMs: defaulted({
    env: 'RETRY_DRAIN_DELAY',
    file: 'api.drain_delay',
    type: DURATION,
    fallback: 250,
    description: 'After SIGTERM: how long the API still accepts calls while `/health/ready` answers 503.',
  }),
  adminKey: optional({
    env: 'RETRY_ADMIN_KEY',
    type: text('secret', '1 to 512 printable ASCII characters without spaces', (value) => /^[!-~]{1,512}$/.test(value)),
    description:
      'A key that may do everything; at least 16 characters where the address is not loopback. With it, or with any key of `npm run keys`, every route but `/health` and `/health/ready` asks for one.',
  }),
  requestsPerSecond: optional({
    env: 'RETRY_RATE_LIMIT',
    file: 'api.rate_limit',
    type: wholeNumber({ from: 0, to: 1_000_000 }),
    description:
      'Requests a second that each key may make in this process, unless the key says otherwise; 0: no limit. Default 10000 where keys are asked for, else no limit.',
  }),
  databaseUrl: optional({
    env: 'RETRY_DATABASE_URL',
    file: 'database_url',
    type: text('URL', 'a URL that starts with postgres:// or postgresql://', isPostgresUrl),
    description: 'Postgres. Without it an embedded Postgres runs in the data folder.',
  }),
  migrationDatabaseUrl: optional({
    env: 'RETRY_MIGRATION_DATABASE_URL',
    file: 'migration_database_url',
    type: text('URL', 'a URL that starts with postgres:// or postgresql://', isPostgresUrl),
    description:
      'The same database, as a role of its own for migrations. The role of `RETRY_DATABASE_URL` can then neither change nor delete what is audited.',
  }),
  dataDir: defaulted({
    env: 'RETRY_DATA_DIR',
    file: 'data_dir',
    type: text('folder', 'a folder'),
    fallback: '.smart-retry',
    description: 'Folder of the embedded Postgres; relative to the working directory.',
  }),
  redisAddr: optional({
    env: 'RETRY_REDIS_ADDR',
    file: 'redis_addr',
    type: HOST_AND_PORT,
    description: 'Redis; `:6379` is `localhost:6379`. Without it counters stay in the process: run one API process.',
  }),
  otelEndpoint: optional({
    env: 'RETRY_OTEL_ENDPOINT',
    file: 'otel_endpoint',
    type: text('URL', 'a URL that starts with http:// or https://', (value) => /^https?:\/\/[^\s]+$/.test(value)),
    description:
      "OpenTelemetry collector (OTLP over HTTP, such as `http://localhost:4318`) that gets a span for each request but probes and scrapes, in the caller's trace where it names one. Without it nothing is traced.",
  }),
  redisPassword: optional({
    env: 'RETRY_REDIS_PASSWORD',
    file: 'redis_password',
    type: text('secret', 'text', () => true),
    description: 'Password of Redis; empty for none.',
  }),
  redisDb: defaulted({
    file: 'redis_db',
    type: wholeNumber({ from: 0, to: 1_023 }),
    fallback: 0,
    description: 'Number of the Redis database.',
  }),
  redisKeyPrefix: defaulted({
    env: 'RETRY_REDIS_KEY_PREFIX',
    file: 'redis_key_prefix',
    type: text('text', '1 to 64 characters without spaces or braces', (value) => /^[^\s{}]{1,64}$/.test(value)),
    fallback: 'smart-retry:',
    description:
      'Begins every key and channel in Redis. Installations that share a Redis need one each, or they share breakers and budgets.',
  }),
  maxStaleMs: optional({
    env: 'RETRY_MAX_STALE',
    file: 'max_stale',
    type: DURATION,
    description:
      'A process that neither Postgres nor Redis has confirmed the configuration to for so long answers "do not retry" (`config_stale`). Default 1m with `database_url`; with the embedded Postgres, which lives and dies with the process, never.',
  }),
  replicaName: optional({
    env: 'RETRY_REPLICA_NAME',
    type: text('name', '1 to 64 letters, digits, dots, dashes or underscores', (value) => /^[\w.-]{1,64}$/.test(value)),
    description:
      'Name of this process in `GET /guardrails`, its log, its metrics and traces; must differ from the others. Default: drawn at random.',
  }),
  sampleRate: optional({
    env: 'RETRY_SAMPLE_RATE',
    file: 'strategy.data_collection.sample_rate',
    type: RATIO,
    description: 'Share of jobs whose attempts are kept.',
  }),
  mlEnabled: optional({
    env: 'RETRY_ML_ENABLED',
    file: 'strategy.ml_enabled',
    type: BOOLEAN,
    description: 'Whether ML models may answer.',
  }),
  bayesianThreshold: optional({
    env: 'RETRY_BAYESIAN_THRESHOLD',
    file: 'strategy.bayesian_threshold',
    type: RATIO,
    description: 'Least confidence with which a learned layer may answer.',
  }),
  cacheEnabled: defaulted({
    file: 'cache.enabled',
    type: BOOLEAN,
    fallback: true,
    description: 'Whether recent recommendations are remembered in the process.',
  }),
  cacheTtlMs: defaulted({
    file: 'cache.ttl',
    type: DURATION,
    fallback: 300_000,
    description: 'How long they are remembered.',
  }),
  cacheMaxEntries: defaulted({
    file: 'cache.max_entries',
    type: wholeNumber({ from: 1, to: 10_000_000 }),
    fallback: 1_000,
    description: 'How many are remembered; the oldest go first.',
  }),
  trainerEnabled: defaulted({
    env: 'RETRY_TRAINER_ENABLED',
    file: 'trainer.enabled',
    type: BOOLEAN,
    fallback: true,
    description: 'Off: the trainer says so and ends; `npm start` then runs the API alone.',
  }),
  trainerConcurrency: defaulted({
    env: 'RETRY_TRAINER_CONCURRENCY',
    file: 'trainer.concurrency',
    type: wholeNumber({ from: 1, to: 16 }),
    fallback: 1,
    description: 'Models that one trainer trains at the same time, each in a thread of its own.',
  }),
  trainerMaxRows: defaulted({
    env: 'RETRY_TRAINER_MAX_ROWS',
    file: 'trainer.max_rows',
    type: wholeNumber({ from: 1_000, to: 10_000_000 }),
    fallback: 250_000,
    description:
      'Most retries that a model is trained on; of more, a share of the jobs is taken, and the model says so.',
  }),
  trainerLeaseMs: defaulted({
    env: 'RETRY_TRAINER_LEASE',
    file: 'trainer.lease',
    type: DURATION,
    fallback: 15_000,
    description: 'How long a trainer may be silent before others take its jobs over; it speaks five times as often.',
  }),
  trainerSchedule: optional({
    env: 'RETRY_TRAINER_SCHEDULE',
    file: 'trainer.schedule',
    type: text('cron', 'five cron fields such as "0 3 * * *"', (value) => /^[\d*,/-]+(?: [\d*,/-]+){4}$/.test(value)),
    description: 'When a model is trained without being asked for, UTC. Without it none is.',
  }),
  trainerScheduledModel: defaulted<ModelType>({
    file: 'trainer.scheduled_model',
    type: oneOf(MODEL_TYPES),
    fallback: 'gradient_boosting',
    description: 'What kind of model that is.',
  }),
  trainerRetrainOutcomes: defaulted({
    env: 'RETRY_TRAINER_RETRAIN_OUTCOMES',
    file: 'trainer.retrain_outcomes',
    type: wholeNumber({ from: 0, to: 1_000_000_000 }),
    fallback: 0,
    description: 'New outcomes after which a model is trained as well; 0: never.',
  }),
  trainerRetrainDrift: defaulted({
    env: 'RETRY_TRAINER_RETRAIN_DRIFT',
    file: 'trainer.retrain_drift',
    type: RATIO,
    fallback: 0,
    description:
      'Population stability index of an input of the serving model above which a model is trained as well, at most every six hours; 0: never, 0.25: another population.',
  }),
  trainerJudgeIntervalMs: defaulted({
    env: 'RETRY_TRAINER_JUDGE_INTERVAL',
    file: 'trainer.judge_interval',
    type: DURATION,
    fallback: 15_000,
    description: 'How often a canary is compared with what answers the rest, by all trainers together.',
  }),
  trainerJudgeLagMs: defaulted({
    env: 'RETRY_TRAINER_JUDGE_LAG',
    file: 'trainer.judge_lag',
    type: DURATION,
    fallback: 300_000,
    description:
      'Decisions younger than this are not compared, because their outcome may not be known yet: as long as the longest delay.',
  }),
  logLevel: defaulted({
    env: 'RETRY_LOG_LEVEL',
    file: 'log_level',
    type: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    fallback: 'info',
    description: 'Least level that is logged. `debug` adds a line for each request.',
  }),
};

type Settings = typeof SETTINGS;

/** The value of every setting; `undefined` only where there is no default. */
export type SettingValues = {
  readonly [K in keyof Settings]: Settings[K] extends Defaulted<infer T>
    ? T
    : Settings[K] extends Setting<infer T>
      ? T | undefined
      : never;
};

export type SettingName = keyof Settings;

function isPostgresUrl(value: string): boolean {
  return URL.canParse(value) && /^postgres(?:ql)?:$/.test(new URL(value).protocol);
}
