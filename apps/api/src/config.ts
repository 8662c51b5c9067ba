import { createHash } from 'node:crypto';
import { SmartRetryError, strategyProblems, type FieldProblem } from '@smart-retry/domain';
import {
  completeStrategy,
  type DeclaredStrategy,
  type EnvironmentStrategy,
  type PartialStrategy,
} from '@smart-retry/engine';
import { patternProblems } from '@smart-retry/rules';
import { readConfigFile, readSettings, type Environment, type SettingValues } from '@smart-retry/settings';
import { isLoopback } from './config/is-loopback.js';
import { compileSchema } from './http/compile-schema.js';
import { dropAbsent } from './http/drop-absent.js';
import { StrategyFilePart, toPartialStrategy } from './strategy/strategy.dto.js';

/** Everything that is decided before the service starts. */
export interface Config extends SettingValues {
  readonly declared: DeclaredStrategy;
}

export type LoadedConfig =
  | { readonly config: Config }
  /** Each names a variable or a path in the file, and never a value. */
  | { readonly problems: readonly FieldProblem[] };

/**
 * Of a key that the network may guess at. A guess costs no more than a request: 16 random characters, of hexadecimal digits alone
 * 64 bits, are out of reach of any number of them, what is shorter is mostly a word.
 */
const SHORTEST_ADMIN_KEY = 16;

const checkStrategy = compileSchema<StrategyFilePart>(StrategyFilePart);

/** Reads environment and file, and reports every problem at once. */
export async function loadConfig(env: Environment): Promise<LoadedConfig> {
  const { file, problems: fileProblems } = await readConfigFile(env);
  const { values, problems: settingProblems } = readSettings(env, file);
  const { strategy, problems: strategyProblems } = readStrategy(file['strategy']);
  const problems = [...fileProblems, ...settingProblems, ...strategyProblems];
  if (values.migrationDatabaseUrl !== undefined && values.databaseUrl === undefined) {
    problems.push({ path: 'RETRY_MIGRATION_DATABASE_URL', message: 'needs RETRY_DATABASE_URL' });
  }
  if (values.adminKey !== undefined && values.adminKey.length < SHORTEST_ADMIN_KEY && !isLoopback(values.host)) {
    const message = `must have at least ${SHORTEST_ADMIN_KEY} characters where the address is not loopback`;
    problems.push({ path: 'RETRY_ADMIN_KEY', message });
  }
  if (problems.length > 0) return { problems };
  return { config: { ...values, declared: { file: strategy, environment: overridesFrom(values) } } };
}

function readStrategy(given: unknown): {
  readonly strategy: DeclaredStrategy['file'];
  readonly problems: readonly FieldProblem[];
} {
  if (given === undefined) return { strategy: null, problems: [] };
  try {
    const strategy = toPartialStrategy(checkStrategy(given, 'strategy'));
    const problems = problemsIn(strategy);
    if (problems.length > 0) return { strategy: null, problems };
    const digest = createHash('sha256').update(JSON.stringify(given)).digest('hex');
    return { strategy: { strategy, digest }, problems: [] };
  } catch (error) {
    if (!(error instanceof SmartRetryError)) throw error;
    return { strategy: null, problems: error.fields };
  }
}

/** What no schema can say, as it would be on a new installation. */
function problemsIn(part: PartialStrategy): FieldProblem[] {
  const strategy = completeStrategy(part);
  const inPatterns = strategy.policies.flatMap((policy, i) => patternProblems(policy, `policies[${i}].`));
  return [...strategyProblems(strategy), ...inPatterns].map(({ path, message }) => ({
    path: `strategy.${path}`,
    message,
  }));
}

function overridesFrom({ mlEnabled, bayesianThreshold, sampleRate }: SettingValues): EnvironmentStrategy {
  return dropAbsent({ mlEnabled, bayesianThreshold, sampleRate });
}
