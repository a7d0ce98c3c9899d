/** Sessions of one server for a verifier, closed after each piece of work. */
import { closePair, onOneServer, type SessionPair } from '../../../../src/mysql/server/session/session-pair.js';
import type { Session } from '../../../../src/mysql/server/session/session.js';
import type { WithSessions } from '../../../../src/mysql/server/session/with-sessions.js';

export function usedOnce(open: () => Promise<Session>): WithSessions<SessionPair> {
  return async (work) => {
    const sessions = onOneServer(await open());
    return work(sessions).finally(() => closePair(sessions));
  };
}
