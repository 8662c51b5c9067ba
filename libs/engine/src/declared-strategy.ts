import type { Strategy } from '@smart-retry/domain';
import { completeStrategy, overlayStrategy, type PartialStrategy } from './overlay-strategy.js';

/** Single settings from environment variables. */
export interface EnvironmentStrategy {
  readonly bayesianThreshold?: number;
  readonly mlEnabled?: boolean;
  readonly sampleRate?: number;
}

/** The strategy as declared where the service is started, before anything was changed at run time. */
export interface DeclaredStrategy {
  /** From the configuration file: any part of the strategy; its digest tells whether the file has changed since it was last applied. */
  readonly file: { readonly strategy: PartialStrategy; readonly digest: string } | null;
  /** These win at every start. */
  readonly environment: EnvironmentStrategy;
}

export const NOTHING_DECLARED: DeclaredStrategy = { file: null, environment: {} };

interface StoredStrategy {
  readonly strategy: Strategy;
  readonly fileDigest: string | null;
}

/** The strategy with which a start begins: what is stored, then the file if it is new, then the environment. */
export function applyDeclared(declared: DeclaredStrategy, stored: StoredStrategy | null): Strategy {
  const base = completeStrategy(stored?.strategy ?? {});
  const { file, environment } = declared;
  const withFile = file !== null && file.digest !== stored?.fileDigest ? overlayStrategy(base, file.strategy) : base;
  const { sampleRate, ...direct } = environment;
  return overlayStrategy(withFile, { ...direct, ...(sampleRate !== undefined && { dataCollection: { sampleRate } }) });
}

/** Whether what was declared says anything that is not stored yet. */
export function isDeclaredNew({ file, environment }: DeclaredStrategy, stored: StoredStrategy | null): boolean {
  if (stored === null || (file !== null && file.digest !== stored.fileDigest)) return true;
  const { bayesianThreshold, mlEnabled, dataCollection } = stored.strategy;
  return (
    (environment.bayesianThreshold ?? bayesianThreshold) !== bayesianThreshold ||
    (environment.mlEnabled ?? mlEnabled) !== mlEnabled ||
    (environment.sampleRate ?? dataCollection.sampleRate) !== dataCollection.sampleRate
  );
}
