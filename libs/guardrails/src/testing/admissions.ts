import { T0 } from '@smart-retry/domain/testing';
import type { AdmissionQuestion, BudgetView, DependencyView, WaitingLine } from '../fleet/admission.js';

export const question = (changes: Partial<AdmissionQuestion> = {}): AdmissionQuestion => ({
  nowMs: T0,
  delayMs: 4_000,
  floorMs: 0,
  units: 2,
  untilEndMs: Number.POSITIVE_INFINITY,
  maxDelayMs: 300_000,
  draw: 0.5,
  ...changes,
});
export const budgetFrom = (second: number | null): BudgetView => ({
  scope: '20 % of its first tries',
  isEstimated: false,
  firstPlace: (wanted) => (second === null ? null : Math.max(wanted, second)),
  describeLeft: () => 'room for 0 retries',
});
export const lineOf = (waiting: number): WaitingLine => ({
  waiting,
  retriesPerSecond: () => 0.5,
  untoldMs: (fromMs) => fromMs,
});
export const view = (changes: Partial<DependencyView> = {}): DependencyView => ({
  dependency: 'erp',
  breaker: 'closed',
  probeAtMs: T0 + 20_000,
  openForMs: 20_000,
  troubleLastedMs: 0,
  heldOpenBecause: null,
  hasProbe: false,
  turn: null,
  asksAgain: true,
  isKnownAgain: true,
  canPromise: true,
  sinceReleaseMs: Number.POSITIVE_INFINITY,
  budget: budgetFrom(0),
  limits: [],
  line: () => lineOf(0),
  unplacedMs: (fromMs, toMs, draw) => fromMs + draw * (toMs - fromMs),
  ...changes,
});
