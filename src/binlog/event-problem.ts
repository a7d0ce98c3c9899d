/** What is wrong with an event, as those who read its bytes see it: which event that is, and where, the decoder knows. */
import { SwitchyardError, type FactsOf } from '../errors/switchyard-error.js';

/** Where in the binlog an error was found. */
export type EventPlace = Pick<FactsOf<'BINLOG_EVENT_MALFORMED'>, 'event' | 'file' | 'position'>;

/** Never leaves this folder: the decoder makes the error of it. */
export class EventProblem extends Error {
  readonly at: (place: EventPlace) => SwitchyardError;

  /** @param at makes the error. */
  constructor(at: (place: EventPlace) => SwitchyardError) {
    super('a problem of an event whose place is not known yet');
    this.at = at;
  }
}

/** BINLOG_EVENT_MALFORMED: bytes that contradict the format. */
export function malformed(problem: string, options: { readonly cause?: unknown } = {}): EventProblem {
  return new EventProblem((place) => new SwitchyardError('BINLOG_EVENT_MALFORMED', { problem, ...place }, options));
}

/** BINLOG_EVENT_NOT_DECODED: bytes of a kind that is not known here. */
export function notDecoded(problem: string): EventProblem {
  return new EventProblem((place) => new SwitchyardError('BINLOG_EVENT_NOT_DECODED', { problem, ...place }));
}

/** BINLOG_GTID_MISSING: a transaction that cannot be named. */
export function gtidMissing(): EventProblem {
  return new EventProblem((place) => new SwitchyardError('BINLOG_GTID_MISSING', place));
}
