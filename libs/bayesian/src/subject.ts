import { Continuation } from './continuation.js';
import type { Beliefs } from './beliefs.js';
import { EvidenceCell, type BinnedOutcome } from './evidence-cell.js';
import { ATTEMPT_GROUPS } from './failure-context.js';
import { MemoryContest } from './memory-contest.js';
import { FAST, SLOW, type Moment, type Speed } from './moment.js';
import { pooledMean } from './posterior.js';
import { PRIOR_STRENGTHS } from './prior-strengths.js';

/** Beyond this much evidence of its own, a tenant's outcomes count less for all others, so that none of them moves the rest. */
const TENANT_CAP = 200;

/** What else is known of a failure of a kind. */
export interface State {
  readonly ageGroup: number;
  readonly attemptGroup: number;
  readonly tenant: string | undefined;
}

/** The evidence of one kind of failure (job type, error class, code): of all, and by age of the incident, attempt and tenant. */
export class Subject {
  readonly contest = new MemoryContest();
  readonly continuation = new Continuation();
  /** The cells above its own, the most general first, then its own where there is one. */
  readonly path: readonly EvidenceCell[];
  /** What was believed at the last look. */
  beliefs: Beliefs | undefined;
  /** Outcomes learned, never decayed. */
  outcomes = 0;
  /** Cells below its own. */
  cells = 0;
  readonly #ages: (EvidenceCell | undefined)[] = [];
  readonly #attempts: (EvidenceCell | undefined)[] = [];
  readonly #states: (EvidenceCell | undefined)[] = [];
  /** Least recently taught first. */
  readonly #tenants = new Map<string, EvidenceCell>();

  /** What was seen of all of this kind; undefined for a code that was never seen, of which its relatives are all that is known. */
  readonly own: EvidenceCell | undefined;

  constructor(path: readonly EvidenceCell[], { isSeen } = { isSeen: true }) {
    this.path = path;
    this.own = isSeen ? path.at(-1) : undefined;
  }

  learn(seen: BinnedOutcome, state: State, at: Moment): void {
    this.contest.judge(this.#predict(FAST, seen.bin, at), this.#predict(SLOW, seen.bin, at), seen);
    const weight = state.tenant === undefined ? 1 : this.#learnOfTenant(seen, state, state.tenant, at);
    for (const cell of this.path) cell.add(seen, weight, at);
    this.#cellIn(this.#ages, state.ageGroup, at).add(seen, weight, at);
    this.#cellIn(this.#attempts, state.attemptGroup, at).add(seen, weight, at);
    this.#cellIn(this.#states, indexOf(state), at).add(seen, weight, at);
    this.outcomes++;
  }

  ofAge(ageGroup: number): EvidenceCell | undefined {
    return this.#ages[ageGroup];
  }

  ofAttempt(attemptGroup: number): EvidenceCell | undefined {
    return this.#attempts[attemptGroup];
  }

  /** Of one age of the incident and one attempt, and of one tenant where the state names one. */
  ofState(state: State): EvidenceCell | undefined {
    return state.tenant === undefined
      ? this.#states[indexOf(state)]
      : this.#tenants.get(tenantKey(state, state.tenant));
  }

  /** Forgets what the tenant unheard of for longest has seen; false where there is none. */
  forgetTenant(): boolean {
    for (const key of this.#tenants.keys()) {
      this.cells--;
      return this.#tenants.delete(key);
    }
    return false;
  }

  /** Learns what one tenant has seen, and answers how much it counts for the others. */
  #learnOfTenant(seen: BinnedOutcome, state: State, tenant: string, at: Moment): number {
    const key = tenantKey(state, tenant);
    let cell = this.#tenants.get(key);
    if (cell === undefined) {
      cell = new EvidenceCell(at);
      this.cells++;
    } else {
      this.#tenants.delete(key);
    }
    this.#tenants.set(key, cell);
    cell.add(seen, 1, at);
    return Math.min(1, TENANT_CAP / cell.totalAt(at));
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

  /** What a memory would have said beforehand, by the kind of failure alone. */
  #predict(speed: Speed, bin: number, at: Moment): number {
    const [ofClass, ofFamily, ofCode] = this.path;
    if (ofClass === undefined) return 0.5;
    const byClass = pooledMean(
      0.5,
      bin,
      { cell: ofClass, child: ofFamily, priorStrength: PRIOR_STRENGTHS.class },
      speed,
      at,
    );
    if (ofFamily === undefined) return byClass;
    const family = { cell: ofFamily, child: ofCode, priorStrength: PRIOR_STRENGTHS.jobType };
    const byFamily = pooledMean(byClass, bin, family, speed, at);
    if (ofCode === undefined) return byFamily;
    const code = { cell: ofCode, child: undefined, priorStrength: PRIOR_STRENGTHS.code };
    return pooledMean(byFamily, bin, code, speed, at);
  }
}

function indexOf({ ageGroup, attemptGroup }: State): number {
  return ageGroup * ATTEMPT_GROUPS + attemptGroup;
}

function tenantKey(state: State, tenant: string): string {
  return `${indexOf(state)} ${tenant}`;
}
