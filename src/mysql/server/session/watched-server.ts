/**
 * Work on a server that may freeze: TCP accepts what is sent, and no answer ever comes (SIGSTOP, a disk that hangs, a host
 * that is gone). Beside the work the server is asked all the time, on a connection of its own. Once it is silent, all
 * sessions of the work end, with an error that is tried again. How long a statement takes does not matter.
 */
import type { Wait } from '../../../domain/progress.js';
import type { Outage } from '../../../domain/servers.js';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { pulseIntervalMs, silentPulsesMax, statementLooksAfterMs } from '../../../limits/mysql-server.js';
import type { Waits } from '../waits.js';
import type { ClusterSettings } from './cluster-settings.js';
import { serverErrorNumber } from './server-errors.js';
import { Session } from './session.js';
import { findStatementWaits } from './statement-waits.js';
import { UnderWay } from './under-way.js';
import { controlVariables } from './variables.js';

export class WatchedServer {
  /** Sessions that are opened with these settings end when the server is silent. */
  readonly settings: ClusterSettings;
  readonly #stopped = new AbortController();
  readonly #lifeline = new AbortController();
  /** Ends a question that nobody waits for any more. */
  readonly #givenUp = new AbortController();
  readonly #underWay = new UnderWay();
  #session: Session | undefined;
  #silence: Outage | null = null;
  #unansweredSince: string | undefined;
  #waits: readonly Wait[] = [];

  /** Watches until `stop`. */
  constructor(settings: ClusterSettings) {
    this.settings = { ...settings, lifeline: this.#lifeline.signal, underWay: this.#underWay };
    // Each session listens as long as it is open: their number is no sign of a leak.
    setMaxListeners(Infinity, this.#lifeline.signal);
    void this.#watch({ ...settings, lifeline: this.#givenUp.signal });
  }

  /** Null as long as it answers. */
  get silence(): Outage | null {
    return this.#silence;
  }

  /** What the work waits for on it. */
  get waits(): readonly Wait[] {
    const since = this.#unansweredSince;
    if (since === undefined) return this.#waits;
    return [{ for: 'server', since, why: `the server of ${this.settings.name} does not answer` }];
  }

  /** Aborted when it is silent: for work that may not use its sessions for long. */
  get silenced(): AbortSignal {
    return this.#lifeline.signal;
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #watch(settings: ClusterSettings): Promise<void> {
    const { signal } = this.#stopped;
    // Work that is short needs no watch.
    await this.#pulse();
    let asking: Promise<boolean> | undefined;
    for (let silent = 0; !signal.aborted;) {
      const pulse = this.#pulse();
      const at = new Date().toISOString();
      asking ??= this.#answers(settings);
      const answer = await Promise.race([asking, pulse]);
      if (answer !== undefined) asking = undefined;
      this.#unansweredSince = answer === true ? undefined : (this.#unansweredSince ?? at);
      if (answer === true) await Promise.race([this.#lookAtWaits(), pulse]);
      // Counted, not timed: a worker that was frozen itself has heard nothing for long, either.
      silent = answer === true ? 0 : silent + 1;
      const since = this.#unansweredSince;
      if (since !== undefined && silent >= silentPulsesMax && !signal.aborted) this.#end(since);
      await pulse;
    }
    if (asking === undefined) await this.#session?.close();
    else this.#givenUp.abort(new Error('the watch has ended'));
  }

  async #pulse(): Promise<undefined> {
    await sleep(pulseIntervalMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  async #answers(settings: ClusterSettings): Promise<boolean> {
    try {
      if (this.#session?.closed !== false) this.#session = await Session.open(settings, controlVariables);
      await this.#session.run('DO 0');
      return true;
    } catch (error) {
      // One that refuses a login has answered.
      return serverErrorNumber(error) !== undefined;
    }
  }

  /** Never rejects: a server that cannot be asked is noticed otherwise. */
  async #lookAtWaits(): Promise<void> {
    const long = this.#underWay.longerThan(statementLooksAfterMs);
    const ids = long.map(({ id }) => id);
    const found = this.#session === undefined ? [] : await findStatementWaits(this.#session, ids).catch(() => []);
    this.#waits = found.flatMap(({ id, isLock, why }) => {
      const statement = long.find((one) => one.id === id);
      return statement === undefined
        ? []
        : [
            {
              for: isLock ? 'lock' : 'server',
              since: statement.since.toISOString(),
              why: `${this.settings.name}: ${why}`,
            },
          ];
    });
  }

  #end(since: string): void {
    const problem = `no answer for ${(silentPulsesMax * pulseIntervalMs) / 1_000} s`;
    this.#silence = { since, problem };
    this.#lifeline.abort(new SwitchyardError('SERVER_UNAVAILABLE', { cluster: this.settings.name, problem }));
    this.stop();
  }
}

/** Does the work while the server answers. @param waits gets to know what it waits for. @throws SERVER_UNAVAILABLE once it is silent, what the work throws. */
export async function onWatchedServer<Result>(
  settings: ClusterSettings,
  work: (settings: ClusterSettings) => Promise<Result>,
  waits?: Waits,
): Promise<Result> {
  const server = new WatchedServer(settings);
  waits?.add(() => server.waits);
  try {
    return await work(server.settings);
  } finally {
    server.stop();
  }
}
