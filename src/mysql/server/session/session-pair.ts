/** The sessions of one piece of work on a source table and its copy. Within one server both are the same session. */
import type { Session } from './session.js';

export interface SessionPair {
  readonly source: Session;
  readonly target: Session;
}

/** Both tables are on the server of this session. */
export function onOneServer(session: Session): SessionPair {
  return { source: session, target: session };
}

/** Each session once. */
export function sessionsOf({ source, target }: SessionPair): readonly Session[] {
  return source === target ? [source] : [source, target];
}

/** Closes both; never throws. */
export async function closePair(pair: SessionPair): Promise<void> {
  await Promise.all(sessionsOf(pair).map((session) => session.close()));
}
