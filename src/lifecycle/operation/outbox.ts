/** Answers on their way to their callers and to the audit log (P9). */
import { recordedName } from './dry-run.js';
import type { NotUnderstood } from './event.js';
import { isoTime, type Answer, type AnsweredCommand, type OutboxEntry } from './state.js';

interface Answering {
  readonly outbox: readonly OutboxEntry[];
  readonly lastCommand: AnsweredCommand | null;
}

/** Whose command it was, and its id; null where nobody waits for the answer. */
interface Given {
  readonly id: number | null;
  readonly name: string;
  readonly via: 'update' | 'signal';
  readonly by: string | null;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

/** The state in which a command has its answer. */
export function answered<State extends Answering>(
  state: State,
  { id, name, via, by, reason, dryRun }: Given,
  answer: Answer,
): State {
  const entry: OutboxEntry = { id, command: recordedName(name, dryRun), via, by, reason, answer };
  return { ...state, outbox: [...state.outbox, entry], lastCommand: { ...answer, command: name, via, by, reason } };
}

/** The state in which something that no command asked for is on record. */
export function recorded<State extends Answering>(
  state: State,
  command: string,
  reason: string,
  answer: Answer,
): State {
  const entry: OutboxEntry = { id: null, command, via: 'system', by: null, reason, answer };
  return { ...state, outbox: [...state.outbox, entry] };
}

/** The state in which a message that was no command is answered. */
export function notUnderstood<State extends Answering>(state: State, why: NotUnderstood, atMs: number): State {
  const { code, message } = why;
  return answered(state, { ...why, id: null, dryRun: false }, { outcome: 'refused', code, message, at: isoTime(atMs) });
}
