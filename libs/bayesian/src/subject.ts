import { Continuation } from './continuation.js';
import type { Beliefs } from './beliefs.js';
import { EvidenceCell, type BinnedOutcome } from './evidence-cell.js';
import { ATTEMPT_GROUPS } from './failure-context.js';
import { KindsBySize } from './kinds-by-size.js';
import { Likeness } from './likeness.js';
import { MemoryContest } from './memory-contest.js';
import { FAST, SLOW, type Moment } from './moment.js';
import { pooledMean } from './posterior.js';
import { priorStrengthOfLevel, PRIOR_STRENGTHS } from './prior-strengths.js';
import { Untaught } from './untaught.js';

/** Beyond this much evidence of its own, a tenant's outcomes count less for all others, so that none of them moves the rest. */
const TENANT_CAP = 200;

/** What else is known of a failure of a kind. */
export interface State {
  readonly ageGroup: number;
  readonly attemptGroup: number;
  readonly tenant: string | undefined;
}

/** An outcome's place among those of its kind. */
export interface LearnedState extends State {
  /** Of the failed attempt, from 1. */
  readonly attemptNumber: number;
  /** In bytes, where it is known. */
  readonly payloadSize: number | undefined;
}

/** The evidence of one kind of failure (job type, error class, code): of all, and by age of the incident, attempt and tenant. */
export class Subject {
  readonly contest = new MemoryContest();
  readonly continuation = new Continuation();
  readonly likeness = new Likeness();
  /** The cells above its own, the most general first, then its own where there is one. */
  readonly path: readonly EvidenceCell[];
  /** What was believed at the last look. */
  beliefs: Beliefs | undefined;
  /** Outcomes learned, never decayed. */
  outcomes = 0;
  /** Counts up with the lessons of its family. */
  lastTaught = 0;
  /** Cells below its own. */
  cells = 0;
  readonly #ages: (EvidenceCell | undefined)[] = [];
  readonly #attempts: (EvidenceCell | undefined)[] = [];
  readonly #states: (EvidenceCell | undefined)[] = [];
  /** By state, then by tenant. */
  readonly #tenants: (Map<string, EvidenceCell> | undefined)[] = [];
  /** Undefined while none was to be forgotten. */
  #untaughtTenants: Untaught<readonly [tenants: Map<string, EvidenceCell>, tenant: string]> | undefined;
  /** Undefined while no size is known. */
  #bySize: KindsBySize<Subject> | undefined;
  /** Whether it is of the large or the small payloads of a kind. */
  readonly isOfSize: boolean;

  /** What was seen of all of this kind; undefined for a code that was never seen, of which its relatives are all that is known. */
  readonly own: EvidenceCell | undefined;

  /** The last of the path: its own, else that of its nearest relatives. */
  readonly nearest: EvidenceCell;

  constructor(above: readonly EvidenceCell[], nearest: EvidenceCell, { isSeen = true, isOfSize = false } = {}) {
    this.path = [...above, nearest];
    this.nearest = nearest;
    this.own = isSeen ? nearest : undefined;
    this.isOfSize = isOfSize;
  }

  learn(seen: BinnedOutcome, state: LearnedState, at: Moment): void {
    const bySlow = this.#predict(seen.bin, at);
    this.contest.judge(this.#predictLately(bySlow, seen.bin, at), bySlow, seen);
    this.likeness.note(this.#predictInState(bySlow, seen.bin, state, at), seen);
    const weight = state.tenant === undefined ? 1 : this.#learnOfTenant(seen, state, state.tenant, at);
    if (this.isOfSize) this.nearest.add(seen, weight, at);
    else for (const cell of this.path) cell.add(seen, weight, at);
    this.#cellIn(this.#ages, state.ageGroup, at).add(seen, weight, at);
    this.#cellIn(this.#attempts, state.attemptGroup, at).add(seen, weight, at);
    this.#cellIn(this.#states, indexOf(state), at).add(seen, weight, at);
    this.outcomes++;
    if (!this.isOfSize && state.payloadSize !== undefined) this.#learnOfSize(seen, state, state.payloadSize, at);
  }

  /** What is known of failures of this kind with such a payload; itself, where payloads are not told apart. */
  ofSize(payloadSize: number | undefined): Subject {
    return this.#bySize?.kindOf(payloadSize) ?? this;
  }

  ofAge(ageGroup: number): EvidenceCell | undefined {
    return this.#ages[ageGroup];
  }

  ofAttempt(attemptGroup: number): EvidenceCell | undefined {
    return this.#attempts[attemptGroup];
  }

  /** Of one age of the incident and one attempt, and of one tenant where the state names one. */
  ofState(state: State): EvidenceCell | undefined {
    return state.tenant === undefined ? this.#states[indexOf(state)] : this.#tenants[indexOf(state)]?.get(state.tenant);
  }

  /** Forgets what its sizes have seen, else what the tenant unheard of for longest has; answers how many cells that was. */
  forgetSome(): number {
    const before = this.cells;
    if (this.#bySize !== undefined) this.#countKinds(() => this.#bySize?.forget());
    if (this.cells < before) return before - this.cells;
    const untaught = (this.#untaughtTenants ??= new Untaught(() => this.#allTenants()));
    const [tenants, tenant = ''] = untaught.longest() ?? [];
    if (tenants?.delete(tenant) !== true) return 0;
    untaught.forget();
    this.cells--;
    return 1;
  }

  /** Learns what one tenant has seen, and answers how much it counts for the others. */
  #learnOfTenant(seen: BinnedOutcome, state: State, tenant: string, at: Moment): number {
    const tenants = (this.#tenants[indexOf(state)] ??= new Map<string, EvidenceCell>());
    let cell = tenants.get(tenant);
    if (cell === undefined) {
      cell = new EvidenceCell(at);
      tenants.set(tenant, cell);
      this.cells++;
    }
    cell.lastTaught = this.outcomes;
    cell.add(seen, 1, at);
    return Math.min(1, TENANT_CAP / cell.totalAt(at));
  }

  *#allTenants(): Iterable<readonly [readonly [Map<string, EvidenceCell>, string], EvidenceCell]> {
    for (const tenants of this.#tenants)
      for (const [tenant, cell] of tenants ?? []) yield [[tenants ?? new Map(), tenant], cell];
  }

  /** Learns where payloads are told apart, and what those of this size have seen. */
  #learnOfSize(seen: BinnedOutcome, state: LearnedState, payloadSize: number, at: Moment): void {
    const bySize = (this.#bySize ??= new KindsBySize());
    this.#countKinds(() => {
      bySize.kindOf(payloadSize)?.learn(seen, state, at);
      if (state.attemptNumber === 1)
        bySize.count(payloadSize, seen, () => new Subject(this.path, new EvidenceCell(at), { isOfSize: true }));
    });
  }

  /** Does something to the kinds by size, and counts their cells anew. */
  #countKinds(change: () => void): void {
    const count = () => this.#bySize?.kinds.reduce((sum, { cells }) => sum + 1 + cells, 0) ?? 0;
    const before = count();
    change();
    this.cells += count() - before;
  }

  #cellIn(cells: (EvidenceCell | undefined)[], index: number, at: Moment): EvidenceCell {
    let cell = cells[index];
    if (cell === undefined) {
      cell = new EvidenceCell(at);
      cells[index] = cell;
      this.cells++;
    }
    return cell;
  }

  /** What the slow memory would have said beforehand, by the kind of failure alone. */
  #predict(bin: number, at: Moment): number {
    let mean = 0.5;
    let level = 0;
    for (const cell of this.path) {
      const priorStrength = priorStrengthOfLevel(level++);
      mean = pooledMean(mean, bin, { cell, child: this.path[level], priorStrength }, SLOW, at);
    }
    return mean;
  }

  /** … and the fast one, which has the slow one for its prior. */
  #predictLately(bySlow: number, bin: number, at: Moment): number {
    const level = { cell: this.nearest, child: undefined, priorStrength: PRIOR_STRENGTHS.lately };
    return pooledMean(bySlow, bin, level, FAST, at);
  }

  /** … and what it would have said of one age of the incident and one attempt. */
  #predictInState(bySlow: number, bin: number, state: State, at: Moment): number {
    const cell = this.#states[indexOf(state)];
    if (cell === undefined) return bySlow;
    return pooledMean(bySlow, bin, { cell, child: undefined, priorStrength: PRIOR_STRENGTHS.state }, SLOW, at);
  }
}

function indexOf({ ageGroup, attemptGroup }: State): number {
  return ageGroup * ATTEMPT_GROUPS + attemptGroup;
}
