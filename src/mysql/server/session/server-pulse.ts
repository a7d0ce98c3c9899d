/**
 * Asks a server all the time whether it answers: on one connection for all that this process does there, however many
 * operations that are. Who listens counts for himself, from his own beginning on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pulseIntervalMs } from '../../../limits/mysql-server.js';
import type { ClusterSettings } from './cluster-settings.js';
import { serverErrorNumber } from './server-errors.js';
import { Session } from './session.js';
import { findStatementWaits, type StatementWait } from './statement-waits.js';
import { isTlsFailure } from './tls.js';
import { controlVariables } from './variables.js';

export interface PulseListener {
  /** Hears of each question. @param askedAt when, as ISO text. */
  onAnswer(isAnswered: boolean, askedAt: string): void;
  /** Connections of his whose statements take long. */
  slowSessions(): readonly number[];
  /** Hears what those wait for, and others. */
  onWaits(waits: readonly StatementWait[]): void;
}

class ServerPulse {
  readonly listeners = new Set<PulseListener>();
  readonly #settings: ClusterSettings;
  readonly #stopped = new AbortController();
  /** Ends a question that nobody waits for any more. */
  readonly #givenUp = new AbortController();
  #session: Session | undefined;

  /** Asks until `stop`. */
  constructor(settings: ClusterSettings) {
    // Of the first who listens, without what belongs to his work.
    const { lifeline: _lifeline, underWay: _underWay, observer: _observer, database: _database, ...rest } = settings;
    this.#settings = { ...rest, lifeline: this.#givenUp.signal };
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    // Work that is short needs no watch.
    await this.#pause();
    let asking: Promise<boolean> | undefined;
    while (!signal.aborted) {
      const pause = this.#pause();
      const askedAt = new Date().toISOString();
      asking ??= this.#answers();
      const answer = await Promise.race([asking, pause]);
      if (answer !== undefined) asking = undefined;
      if (signal.aborted) break;
      for (const listener of [...this.listeners]) listener.onAnswer(answer === true, askedAt);
      if (answer === true) await Promise.race([this.#lookAtWaits(), pause]);
      await pause;
    }
    if (asking === undefined) await this.#session?.close();
    else this.#givenUp.abort(new Error('the watch has ended'));
  }

  async #pause(): Promise<undefined> {
    await sleep(pulseIntervalMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  async #answers(): Promise<boolean> {
    try {
      if (this.#session?.closed !== false) this.#session = await Session.open(this.#settings, controlVariables);
      await this.#session.run('DO 0');
      return true;
    } catch (error) {
      // One that refuses a login, or whose certificate is refused, has answered.
      return serverErrorNumber(error) !== undefined || isTlsFailure(error);
    }
  }

  /** In one look for all. Never rejects: a server that cannot be asked is noticed otherwise. */
  async #lookAtWaits(): Promise<void> {
    const ids = [...this.listeners].flatMap((listener) => listener.slowSessions());
    const found = this.#session === undefined ? [] : await findStatementWaits(this.#session, ids).catch(() => []);
    for (const listener of [...this.listeners]) listener.onWaits(found);
  }
}

const pulses = new Map<string, ServerPulse>();

/** Listens until the result is called; the last one that does ends it. Never throws. */
export function listenToPulse(settings: ClusterSettings, listener: PulseListener): () => void {
  const { name, host, port, user, password, tls } = settings;
  const key = JSON.stringify([name, host, port, user, password, tls]);
  const pulse = pulses.get(key) ?? new ServerPulse(settings);
  pulses.set(key, pulse);
  pulse.listeners.add(listener);
  return () => {
    if (!pulse.listeners.delete(listener) || pulse.listeners.size > 0) return;
    pulses.delete(key);
    pulse.stop();
  };
}
