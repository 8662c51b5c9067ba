/** What the clients of a run know; nothing here comes from the servers' own books. */
export function createObservations({ replicas }) {
  /** Reports by their identity: whether one was acknowledged, or none was. */
  const reports = new Map();
  /** Every recommendation that was answered. */
  const answers = [];
  /** Calls by status; `none` where no answer came. */
  const statuses = new Map();
  const stops = [];
  /** Reasons of the operator's changes that were acknowledged. */
  const changes = [];
  /** When which replica was cut off from both stores. */
  const isolations = [];
  /** Retries of the metered dependency, by when they are due, as the clock of the process has it that gave them. */
  const booked = [];
  /** What became of orders whose trainer was killed. */
  const trainings = [];
  /** When Redis was killed. */
  const redisKills = [];
  /** What each lifetime of a process was last seen to owe its audit trail, by `replica/lifetime`. */
  const owed = new Map();
  const droppedBefore = new Map();
  let acknowledged = 0;
  /** Acknowledged reports that a later answer called new. */
  let forgotten = 0;

  return {
    reports,
    answers,
    statuses,
    stops,
    changes,
    isolations,
    booked,
    redisKills,
    trainings,
    owed,
    get acknowledged() {
      return acknowledged;
    },
    get forgotten() {
      return forgotten;
    },
    countStatus(call) {
      const status = call?.status ?? 'none';
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    },
    sent(batch) {
      for (const report of batch) {
        if (!reports.has(identityOf(report))) reports.set(identityOf(report), false);
      }
    },
    acknowledge(report, { duplicate }) {
      const identity = identityOf(report);
      if (!duplicate && reports.get(identity) === true) forgotten++;
      if (reports.get(identity) !== true) acknowledged++;
      reports.set(identity, true);
    },
    /** What was dropped before is none of this run's. */
    async begin() {
      await Promise.all(replicas.map((_, index) => this.look(index)));
      for (const [key, { dropped }] of owed) droppedBefore.set(key, dropped);
    },
    async look(index) {
      const replica = replicas[index];
      const key = `${index}/${replica.lifetime}`;
      const atMs = Date.now();
      const call = await replica.call('GET', '/metrics');
      if (call?.status !== 200) return;
      const read = (name) => Number(new RegExp(`^smart_retry_audit_records_${name} (\\d+)`, 'm').exec(call.text)?.[1]);
      // An answer to an earlier look may come after the last one.
      const dropped = read('dropped_total') - (droppedBefore.get(key) ?? 0);
      owed.set(key, { ...owed.get(key), pending: read('pending'), dropped, atMs });
    },
    async lookBeforeKill(index) {
      const key = `${index}/${replicas[index].lifetime}`;
      await this.look(index);
      owed.set(key, { ...(owed.get(key) ?? { pending: 0, dropped: 0, atMs: 0 }), wasKilled: true });
    },
  };
}

/** By which the API tells reports apart. */
export function identityOf({ job_id: jobId, attempt_number: attemptNumber, success }) {
  return `${jobId} ${attemptNumber} ${success}`;
}
