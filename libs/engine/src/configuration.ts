import {
  SmartRetryError,
  guardrailProblems,
  throwIfProblems,
  type BreakerOverride,
  type ConfigurationChange,
  type ConfigurationHistoryEntry,
  type GuardrailSettings,
  type RetryPolicy,
  type StoredConfiguration,
  type Strategy,
} from '@smart-retry/domain';
import { canonicalJson } from '@smart-retry/ml';
import type { CopySeen } from './background/configuration-copies.js';
import { OneAtATime } from './background/one-at-a-time.js';
import { repeat } from './background/repeat.js';
import { allProblems, changedMeanwhile, requirePolicy, requireSound } from './configuration-checks.js';
import { complete, completeStoredStrategies } from './complete-stored-strategies.js';
import type { ConfigurationEdit, ConfigurationOptions, ConfigurationWrite } from './configuration-options.js';
import { Confirmations, type ConfigurationFreshness } from './configuration-freshness.js';
import { compileSnapshot, type ConfigurationSnapshot } from './configuration-snapshot.js';
import { overrideBreaker } from './override-breaker.js';
import { reasonOfNewStops } from './reason-of-new-stops.js';
import { applyDeclared, isDeclaredNew } from './declared-strategy.js';

/** Every lost race is another process' change, so this bounds how many of those may come between. */
const MAX_COMMIT_TRIES = 50;
/** Missed polls after which the configuration may be out of date. */
const STALE_AFTER_POLLS = 10;

/**
 * The strategy in force. Reading is immediate; a change is stored before it is live, and reaches other processes through
 * the channel at once, or with their next poll.
 */
export class Configuration {
  readonly #options: ConfigurationOptions;
  #snapshot: ConfigurationSnapshot;
  #isDeclaredApplied = false;
  readonly #confirmations: Confirmations;
  /** Loads and changes: those made at once are no conflict, and no slow load puts an older revision over a newer one. */
  readonly #turns = new OneAtATime();
  /** In order, so that the copy that stays is the one adopted last. */
  #copied: Promise<void> = Promise.resolve();
  #stopPolling: (() => void) | undefined;

  constructor(options: ConfigurationOptions) {
    this.#options = { ...options, store: completeStoredStrategies(options.store) };
    this.#confirmations = new Confirmations({
      staleAfterMs: STALE_AFTER_POLLS * options.pollIntervalMs,
      expiresAfterMs: options.maxStaleMs ?? Number.POSITIVE_INFINITY,
      nowMs: options.clock(),
    });
    this.#snapshot = this.#compile({
      revision: 0,
      strategy: applyDeclared(options.declared, null),
      changedAtMs: options.clock(),
      changedBy: 'startup',
    });
  }

  /**
   * Loads what is stored and applies what was declared; when the store is away, starts from the last known
   * configuration and catches up later. Then follows changes until `stop`.
   */
  async start(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      this.#options.onError(error);
      const lastKnown = await this.#options.lastKnown?.load();
      if (lastKnown != null) this.#adopt({ ...lastKnown, strategy: this.#withDeclared(lastKnown.strategy) });
    }
    this.#options.channel?.subscribe((revision) => this.#onPublished(revision)).catch(this.#options.onError);
    const { pollIntervalMs: intervalMs, onError, copies } = this.#options;
    copies?.follow(
      () => this.#snapshot,
      (seen) => this.#onCopy(seen),
    );
    this.#stopPolling = repeat(() => this.refresh(), { intervalMs, onError });
  }

  stop(): void {
    this.#stopPolling?.();
    this.#options.copies?.stop();
  }

  current(): ConfigurationSnapshot {
    return this.#snapshot;
  }

  /** Whether neither the store nor a copy has confirmed the current revision for several polls, or for too long. */
  get freshness(): ConfigurationFreshness {
    return this.#confirmations.freshnessAt(this.#options.clock());
  }

  /** Takes over what is stored, if it is newer. @throws {STORE_UNAVAILABLE} */
  refresh(): Promise<void> {
    return this.#turns.run(() => this.#refreshNow());
  }

  async #refreshNow(): Promise<void> {
    if (!this.#isDeclaredApplied) return this.#applyDeclared();
    const revision = await this.#options.store.revision();
    if (revision !== this.#snapshot.revision) {
      const stored = await this.#options.store.load();
      // A store that was emptied under us is set up anew.
      if (stored === null) return this.#applyDeclared();
      this.#adopt(stored);
    }
    this.#confirm();
  }

  /** @throws {POLICY_EXISTS} @throws {INVALID_POLICY} @throws {CONFIGURATION_CHANGED} @throws {STORE_UNAVAILABLE} */
  addPolicy(policy: RetryPolicy, write: ConfigurationWrite): Promise<StoredConfiguration> {
    requireSound(policy);
    return this.#change(write, (strategy) => {
      if (strategy.policies.some((other) => other.name === policy.name)) {
        throw new SmartRetryError('POLICY_EXISTS', `a policy named "${policy.name}" exists already`);
      }
      const policies = [...strategy.policies, policy];
      return { strategy: { ...strategy, policies }, action: 'policy.added', target: policy.name };
    });
  }

  /** Keeps the policy's place, and so its age. @throws {POLICY_NOT_FOUND} and as `addPolicy` */
  replacePolicy(name: string, policy: RetryPolicy, write: ConfigurationWrite): Promise<StoredConfiguration> {
    requireSound(policy);
    return this.#change(write, (strategy) => {
      requirePolicy(strategy, name);
      const policies = strategy.policies.map((other) => (other.name === name ? policy : other));
      return { strategy: { ...strategy, policies }, action: 'policy.replaced', target: name };
    });
  }

  /** @throws {POLICY_NOT_FOUND} @throws {CONFIGURATION_CHANGED} @throws {STORE_UNAVAILABLE} */
  removePolicy(name: string, write: ConfigurationWrite): Promise<StoredConfiguration> {
    return this.#change(write, (strategy) => {
      requirePolicy(strategy, name);
      const policies = strategy.policies.filter((other) => other.name !== name);
      return { strategy: { ...strategy, policies }, action: 'policy.removed', target: name };
    });
  }

  /** Merges the given settings. @throws {INVALID_CONFIGURATION} @throws {CONFIGURATION_CHANGED} @throws {STORE_UNAVAILABLE} */
  updateGuardrails(patch: Partial<GuardrailSettings>, write: ConfigurationWrite): Promise<StoredConfiguration> {
    return this.#change(write, (strategy) => {
      const guardrails = { ...strategy.guardrails, ...patch };
      throwIfProblems('INVALID_CONFIGURATION', guardrailProblems(guardrails));
      const reason = reasonOfNewStops(strategy.guardrails, guardrails);
      return { strategy: { ...strategy, guardrails }, action: 'guardrails.updated', target: null, reason };
    });
  }

  /** Null takes the operator's word back. @throws as `updateGuardrails` */
  overrideBreaker(name: string, override: BreakerOverride | null, write: ConfigurationWrite) {
    return this.#change(write, (strategy) => overrideBreaker(strategy, name, override));
  }

  /** @throws {INVALID_CONFIGURATION} @throws {CONFIGURATION_CHANGED} @throws {STORE_UNAVAILABLE} */
  replaceStrategy(
    replacement: (inForce: Strategy) => Strategy,
    write: ConfigurationWrite,
  ): Promise<StoredConfiguration> {
    return this.#change(write, (inForce) => ({
      strategy: replacement(inForce),
      action: 'strategy.replaced',
      target: null,
    }));
  }

  /** Who changed what, newest first. @throws {STORE_UNAVAILABLE} */
  history(page: {
    readonly limit: number;
    readonly beforeRevision?: number;
  }): Promise<readonly ConfigurationHistoryEntry[]> {
    return this.#options.store.history(page);
  }

  #change(write: ConfigurationWrite, edit: ConfigurationEdit): Promise<StoredConfiguration> {
    return this.#turns.run(async () => {
      for (let tries = 1; ; tries++) {
        await this.#refreshNow();
        const { revision, strategy } = this.#snapshot;
        if (write.expectedRevision !== undefined && write.expectedRevision !== revision)
          throw changedMeanwhile(revision);
        const edited = edit(strategy);
        throwIfProblems('INVALID_CONFIGURATION', allProblems(edited.strategy));
        if (canonicalJson(edited.strategy) === canonicalJson(strategy)) return this.#leaveAsIs(write.keep);
        try {
          const { actor, reason = edited.reason ?? null } = write;
          return await this.#commit({ ...edited, expectedRevision: revision, actor, reason }, write.keep);
        } catch (error) {
          const hasLostRace = error instanceof SmartRetryError && error.code === 'CONFIGURATION_CHANGED';
          // Without a condition the writer means the newest configuration, whichever that is.
          if (!hasLostRace || write.expectedRevision !== undefined || tries === MAX_COMMIT_TRIES) throw error;
        }
      }
    });
  }

  /** A change to what is in force already makes no revision, and no entry in the ledger. */
  async #leaveAsIs(keep: ConfigurationWrite['keep']): Promise<StoredConfiguration> {
    const inForce = this.#snapshot;
    if (keep !== undefined) await this.#options.store.keepResponse(keep(inForce));
    await this.#untilCopied(inForce);
    return inForce;
  }

  async #commit(
    change: Omit<ConfigurationChange, 'atMs' | 'keep'>,
    keep?: ConfigurationWrite['keep'],
  ): Promise<StoredConfiguration> {
    const atMs = this.#options.clock();
    const next: StoredConfiguration = {
      revision: change.expectedRevision + 1,
      strategy: change.strategy,
      changedAtMs: atMs,
      changedBy: change.actor,
    };
    const stored = await this.#options.store.commit({ ...change, atMs, ...(keep && { keep: keep(next) }) });
    this.#adopt(stored);
    this.#options.channel?.publish(stored.revision).catch(this.#options.onError);
    await this.#untilCopied(stored);
    return stored;
  }

  /**
   * An emergency stop that was acknowledged must also hold after a crash that finds the store away, and for those who do
   * not reach the store.
   */
  async #untilCopied(stored: StoredConfiguration): Promise<void> {
    await Promise.all([this.#copied, this.#options.copies?.confirm(stored)]);
  }

  /** The first contact with the store: what was declared becomes part of what is stored. */
  async #applyDeclared(): Promise<void> {
    const { store, declared } = this.#options;
    const stored = await store.load();
    if (stored !== null && !isDeclaredNew(declared, stored)) {
      this.#adopt(stored);
    } else {
      try {
        await this.#commit({
          expectedRevision: stored?.revision ?? 0,
          strategy: applyDeclared(declared, stored),
          actor: 'startup',
          reason: null,
          action: stored === null ? 'strategy.created' : 'strategy.declared',
          target: null,
          ...(declared.file !== null && { fileDigest: declared.file.digest }),
        });
      } catch (error) {
        // Another replica was first; the next round starts from what it stored.
        if (error instanceof SmartRetryError && error.code === 'CONFIGURATION_CHANGED') return this.#applyDeclared();
        throw error;
      }
    }
    this.#isDeclaredApplied = true;
    this.#confirm();
  }

  /** The store is at the revision in force; whoever does not reach it may know. */
  #confirm(): void {
    this.#confirmations.confirm(this.#options.clock());
    void this.#options.copies?.confirm(this.#snapshot);
  }

  /** A copy is believed where it is newer: it was confirmed by somebody who reached the store. */
  #onCopy({ configuration, confirmedAgoMs }: CopySeen): void {
    if (configuration !== null && configuration.revision <= this.#snapshot.revision) return;
    if (configuration !== null) this.#adopt(complete(configuration));
    this.#confirmations.confirm(this.#options.clock() - confirmedAgoMs);
  }

  #withDeclared(strategy: Strategy): Strategy {
    const fileDigest = this.#options.declared.file?.digest ?? null;
    return applyDeclared(this.#options.declared, { strategy, fileDigest });
  }

  #adopt(stored: StoredConfiguration): void {
    // The last known copy may be of another store, where the same revision was another change.
    const { revision, changedAtMs } = this.#snapshot;
    if (stored.revision === revision && stored.changedAtMs === changedAtMs) return;
    this.#snapshot = this.#compile(stored);
    const { lastKnown, onChange, onError } = this.#options;
    onChange?.();
    if (lastKnown !== undefined) this.#copied = this.#copied.then(() => lastKnown.save(stored)).catch(onError);
  }

  #compile(stored: StoredConfiguration): ConfigurationSnapshot {
    return compileSnapshot(stored, { isEnabled: this.#options.isServiceEnabled });
  }

  #onPublished(revision: number): void {
    if (revision <= this.#snapshot.revision) return;
    const { onError, copies } = this.#options;
    this.refresh().catch(onError);
    copies?.look(this.#snapshot, (seen) => this.#onCopy(seen)).catch(onError);
  }
}
