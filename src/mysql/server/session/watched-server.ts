/**
 * Work on a server that may freeze: TCP accepts what is sent, and no answer ever comes (SIGSTOP, a disk that hangs, a host
 * that is gone). Beside the work the server is asked all the time (server-pulse.ts). Once it is silent, all sessions of the
 * work end, with an error that is tried again. How long a statement takes does not matter.
 */
import type { Wait } from '../../../domain/progress.js';
import type { Outage } from '../../../domain/servers.js';
import { setMaxListeners } from 'node:events';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { pulseIntervalMs, silentPulsesMax, statementLooksAfterMs } from '../../../limits/mysql-server.js';
import type { Waits } from '../waits.js';
import type { ClusterSettings } from './cluster-settings.js';
import { listenToPulse, type PulseListener } from './server-pulse.js';
import type { StatementWait } from './statement-waits.js';
import { UnderWay } from './under-way.js';

export class WatchedServer implements PulseListener {
  /** Sessions that are opened with these settings end when the server is silent. */
  readonly settings: ClusterSettings;
  readonly #lifeline = new AbortController();
  readonly #underWay = new UnderWay();
  readonly #forget: () => void;
  #silentPulses = 0;
  #silence: Outage | null = null;
  #unansweredSince: string | undefined;
  #waits: readonly Wait[] = [];

  /** Watches until `stop`. */
  constructor(settings: ClusterSettings) {
    this.settings = { ...settings, lifeline: this.#lifeline.signal, underWay: this.#underWay };
    // Each session listens as long as it is open: their number is no sign of a leak.
    setMaxListeners(Infinity, this.#lifeline.signal);
    this.#forget = listenToPulse(settings, this);
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
    this.#forget();
  }

  onAnswer(isAnswered: boolean, askedAt: string): void {
    this.#unansweredSince = isAnswered ? undefined : (this.#unansweredSince ?? askedAt);
    // Counted, not timed: a worker that was frozen itself has heard nothing for long, either.
    this.#silentPulses = isAnswered ? 0 : this.#silentPulses + 1;
    const since = this.#unansweredSince;
    if (since !== undefined && this.#silentPulses >= silentPulsesMax) this.#end(since);
  }

  slowSessions(): readonly number[] {
    return this.#underWay.longerThan(statementLooksAfterMs).map(({ id }) => id);
  }

  onWaits(found: readonly StatementWait[]): void {
    const long = this.#underWay.longerThan(statementLooksAfterMs);
    this.#waits = found.flatMap(({ id, isLock, why }): readonly Wait[] => {
      const since = long.find((one) => one.id === id)?.since.toISOString();
      if (since === undefined) return [];
      return [{ for: isLock ? 'lock' : 'server', since, why: `${this.settings.name}: ${why}` }];
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
