/**
 * Connections that one piece of work uses after the other: a move of hundreds of tables makes as many as one of a few.
 * To connect costs round trips and a thread of the server, for each table several times.
 */
import { closePair, onOneServer, sessionsOf, type SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';
import type { WithSessions } from '../../server/session/with-sessions.js';
import type { Connections } from './copy-work.js';

export class SessionsInTurn {
  readonly #connections: Connections;
  /** What nobody uses now, by what it is for. */
  readonly #free = new Map<string, SessionPair[]>();
  #keepers = 0;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Keeps what is not used for whoever comes next while `work` lasts; otherwise each is closed after its work. */
  async keptDuring<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#keepers += 1;
    try {
      return await work();
    } finally {
      this.#keepers -= 1;
      if (this.#keepers === 0) {
        const free = [...this.#free.values()].flat();
        this.#free.clear();
        await Promise.all(free.map(closePair));
      }
    }
  }

  /** As `Connections.rows`. */
  readonly rows: WithSessions<SessionPair> = (work, ended) =>
    this.#use('rows', () => this.#connections.rows(), work, ended);

  /** As `Connections.compared`. */
  readonly compared: WithSessions<SessionPair> = (work, ended) =>
    this.#use('compared', () => this.#connections.compared(), work, ended);

  /** As `Connections.control`. */
  control(side: 'source' | 'target'): WithSessions<Session> {
    return this.#single(`control ${side}`, () => this.#connections.control(side));
  }

  /** As `Connections.data`. */
  data(side: 'source' | 'target'): WithSessions<Session> {
    return this.#single(`data ${side}`, () => this.#connections.data(side));
  }

  #single(kind: string, open: () => Promise<Session>): WithSessions<Session> {
    const openPair = async (): Promise<SessionPair> => onOneServer(await open());
    return (work, ended) => this.#use(kind, openPair, ({ source }) => work(source), ended);
  }

  async #use<Result>(
    kind: string,
    open: () => Promise<SessionPair>,
    work: (sessions: SessionPair) => Promise<Result>,
    ended: AbortSignal,
  ): Promise<Result> {
    const sessions = this.#take(kind) ?? (await open());
    let isWell = false;
    try {
      const result = await work(sessions);
      isWell = true;
      return result;
    } finally {
      // After an error nobody knows what state they are in.
      if (isWell && !ended.aborted && this.#keepers > 0) this.#give(kind, sessions);
      else await closePair(sessions);
    }
  }

  /** A server may have ended one meanwhile. */
  #take(kind: string): SessionPair | undefined {
    const free = this.#free.get(kind) ?? [];
    for (let sessions = free.pop(); sessions !== undefined; sessions = free.pop()) {
      if (!sessionsOf(sessions).some(({ closed }) => closed)) return sessions;
      void closePair(sessions);
    }
    return undefined;
  }

  #give(kind: string, sessions: SessionPair): void {
    const free = this.#free.get(kind) ?? [];
    free.push(sessions);
    this.#free.set(kind, free);
  }
}
