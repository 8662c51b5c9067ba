import { EACH_TENANT, type TenantLimit } from '@smart-retry/domain';

/** Of each limit; then they are all forgotten. */
const MAX_KEYS = 1_000;

type Written = WeakMap<TenantLimit, Map<string | undefined, string>>;

/** What the use of limits is known by, in every process; written once for those who come again. */
export class LimitKeys {
  readonly #atAll: Written = new WeakMap();
  readonly #atOne: Written = new WeakMap();

  /** @param dependency null: the limit holds at all of them together */
  keyOf(limit: TenantLimit, tenant: string | undefined, dependency: string | null): string {
    const isEach = limit.tenant === EACH_TENANT;
    const whose = isEach ? tenant : undefined;
    const of = dependency === null ? whose : `${dependency.length}:${dependency}${whose ?? ''}`;
    const keys = dependency === null ? this.#atAll : this.#atOne;
    let written = keys.get(limit);
    if (written === undefined) keys.set(limit, (written = new Map<string | undefined, string>()));
    const known = written.get(of);
    if (known !== undefined) return known;
    const key = JSON.stringify([isEach ? [tenant] : limit.tenant, limit.queue, limit.jobType, dependency]);
    if (written.size >= MAX_KEYS) written.clear();
    written.set(of, key);
    return key;
  }
}
