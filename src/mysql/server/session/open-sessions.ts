/** The sessions of one piece of work, for as long as it lasts. */
import type { Session } from './session.js';

/** Closes at the end what was left open on the way. */
export class OpenSessions {
  #opened: Session[] = [];

  /** Keeps track of the session. */
  add(session: Session): Session {
    // Look-ups open and close sessions of their own for as long as the work lasts: only open ones are kept.
    this.#opened = [...this.#opened.filter(({ closed }) => !closed), session];
    return session;
  }

  /** Never throws. */
  async close(): Promise<void> {
    await Promise.all(this.#opened.map((session) => session.close()));
  }
}
