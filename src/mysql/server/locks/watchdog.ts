/** Ends what a session is doing when its time is up, from a connection of its own: the bound of every lock we take. */
import { watchdogRepeatMs } from '../../../limits/mysql-server.js';
import { killQuery } from '../session/kill.js';
import type { Session } from '../session/session.js';

export class Watchdog {
  readonly #control: Session;
  readonly #sessionId: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #expiry = new AbortController();

  /** @param control used by nobody else. @param sessionId the connection that is watched. */
  constructor(control: Session, sessionId: number) {
    this.#control = control;
    this.#sessionId = sessionId;
  }

  /** Aborted when a deadline has passed: whatever runs between two statements must end as well. */
  get expired(): AbortSignal {
    return this.#expiry.signal;
  }

  /** From `ms` on the statement of the session is killed again and again, until `disarm` or another `arm`. */
  arm(ms: number): void {
    this.disarm();
    this.#timer = setTimeout(() => this.#bite(), ms);
  }

  disarm(): void {
    clearTimeout(this.#timer);
  }

  #bite(): void {
    this.#expiry.abort();
    this.#timer = setTimeout(() => this.#bite(), watchdogRepeatMs);
    // A failed kill means that our connection is gone; the server's own limits end the watched session then.
    void killQuery(this.#control, this.#sessionId).catch(() => undefined);
  }
}
