import type { AdmissionVerdict, BreakerState, EpochMs } from '@smart-retry/domain';

/** A retry that is to go ahead after `delayMs`. */
export interface AdmissionQuestion {
  readonly nowMs: EpochMs;
  /** Jitter included. */
  readonly delayMs: number;
  /** Shortest wait, whatever was waited before: a server's hint, the guardrails. */
  readonly floorMs: number;
  /** What it costs of the budget. */
  readonly units: number;
  /** How long it may be put off at most: until the deadline, or the policy's longest elapsed time. */
  readonly untilEndMs: number;
  /** Longest single wait. */
  readonly maxDelayMs: number;
  /** Uniform on [0, 1). */
  readonly draw: number;
  /** Whether the job is to find out itself whether a dependency is back only where nobody else does; absent: no. */
  readonly letsOthersProbe?: boolean | undefined;
  /** Whether the job keeps no place from others while it is put off; absent: no. */
  readonly takesNoPlace?: boolean | undefined;
}

/** Where in a dependency's budget there is room. */
export interface BudgetView {
  /** As people call it: `20 % of its first tries`. */
  readonly scope: string;
  /** Whether nobody reports first tries, so that it goes by those that were seen to fail. */
  readonly isEstimated: boolean;
  /** The first second from `wanted` on with so much room; `draw` picks one within a window. Null: none within the horizon. */
  firstPlace(wanted: number, units: number, draw: number): number | null;
  /** What is left of the next minute, for people. */
  describeLeft(nowMs: EpochMs): string;
}

/** Where a limit that a job shares with others has room: of its tenant, queue or job type. */
export interface LimitView {
  /** As people call it: `60 retries a minute of tenant "acme"`. */
  readonly scope: string;
  /** Whether there is never room for any retry. */
  readonly isClosed: boolean;
  /** The first second from `wanted` on with room for the retry; `draw` picks one within a window. Null: none within the horizon. */
  firstPlace(wanted: number, draw: number): number | null;
  /** What is left of the next minute, for people. */
  describeLeft(nowMs: EpochMs): string;
  /** For how many retries like this one a second from then on has room, all processes together. */
  retriesPerSecond(second: number): number;
  /** Whether those who wait for it are in a line of their own, and not in that of the dependency. */
  readonly waitsApart: boolean;
  /** How many jobs wait for it without a place, where several processes answer. */
  waitingAt(nowMs: EpochMs): number;
}

/** Jobs that wait at a dependency without a place, where none can be promised. */
export interface WaitingLine {
  /** How many there are. */
  readonly waiting: number;
  /** How many retries like the one that is asked about get a place in a second from then on. */
  retriesPerSecond(second: number): number;
  /** The first time from then on that was not told to as many as get a place; `draw` picks one within five seconds. */
  untoldMs(fromMs: EpochMs, draw: number): EpochMs;
}

/** A job that was put off before, or asks the same again. */
export interface Turn {
  readonly hasWaited: boolean;
  /** The second in which its retry has a place; null while it only waits. */
  readonly bookedSecond: number | null;
}

/** How a dependency is doing, and what is booked there already, as far as one job is concerned. */
export interface DependencyView {
  readonly dependency: string;
  readonly breaker: BreakerState;
  readonly probeAtMs: EpochMs;
  readonly openForMs: number;
  /** For how long the dependency has been in trouble; 0 where it is not. */
  readonly troubleLastedMs: number;
  /** The operator's reason where an operator holds it open; null where nobody does. */
  readonly heldOpenBecause: string | null;
  /** Whether this process has a probe to give. */
  readonly hasProbe: boolean;
  readonly turn: Turn | null;
  /** Whether those who are put off ask again, as far as is known; else they retry when they are told, whatever happens until then. */
  readonly asksAgain: boolean;
  /** Whether the job is known again when it asks: it has an id. */
  readonly isKnownAgain: boolean;
  /** Whether it may be promised a place: no other process answers, none of which would know of it, and it is known again, or comes without asking. */
  readonly canPromise: boolean;
  /** Since its breaker was closed after an outage; ∞ when it was not. */
  readonly sinceReleaseMs: number;
  /** Null where it is not enforced: nobody reports first tries. */
  readonly budget: BudgetView | null;
  /** Limits that hold for the job; empty where none do. */
  readonly limits: readonly LimitView[];
  /** Where no place can be promised, and the budget is known. */
  readonly line: () => WaitingLine;
  /** When one may come who has no place: within these, where not as many were told to come as may; `draw` says where to begin. Null: nowhere. */
  readonly unplacedMs: (fromMs: EpochMs, toMs: EpochMs, draw: number) => EpochMs | null;
}

/** A retry's place in the budget. */
export interface Booking {
  /** Seconds since 1970 in which the retry is due. */
  readonly second: number;
  readonly units: number;
}

/** A verdict, and what it is to cause. */
export interface Admission extends AdmissionVerdict {
  /** What is to be booked instead of what was; null: nothing; `kept`: what was. */
  readonly booking: Booking | 'kept' | null;
  /** Whether it takes one of the breaker's probes. */
  readonly isProbe: boolean;
  /** Whether it would have taken one, had there been one; absent: no. */
  readonly wantsProbe?: boolean;
}
