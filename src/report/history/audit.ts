/** Who commanded what: the lines of the audit log, as the history has them and as the cluster does. Pure. */
import type { AuditLine } from '../../domain/audit.js';
import type { AuditEntry } from '../data.js';
import { ofKind, type HistoryEvent } from './events.js';
import { field, textField, type Ran } from './runs.js';

type Line = Omit<AuditLine, 'operationId'>;

/** What is no command although it is a message. */
const notCommands: readonly string[] = ['waitsTold'];

/**
 * In the order of their times. What was commanded and has no line, since the operation never came to be or nobody has
 * answered yet, is there as the history has it.
 * @param logged the lines of the cluster; null where nobody has looked.
 */
export function auditOf(
  events: readonly HistoryEvent[],
  ran: readonly Ran[],
  logged: readonly Line[] | null,
): readonly AuditEntry[] {
  const asked = ran.filter(({ activity }) => activity === 'recordAudit').map(({ request }) => lineIn(request));
  const lines = distinct([...(logged ?? []), ...asked.filter((line) => line !== null)]);
  const isLogged = new Set((logged ?? []).map(keyOf));
  const entries = [...lines, ...withoutLine(events, lines)].map((line): AuditEntry => {
    const record = logged === null ? 'notLookedAt' : isLogged.has(keyOf(line)) ? 'log' : 'history';
    return { ...line, record };
  });
  return entries.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function lineIn(request: unknown): Line | null {
  const [at, command, via] = [textField(request, 'at'), textField(request, 'command'), textField(request, 'via')];
  if (at === null || command === null || !isVia(via)) return null;
  return {
    ...{ at, command, via, by: textField(request, 'by'), reason: textField(request, 'reason') },
    ...{ outcome: textField(request, 'outcome') ?? '', message: textField(request, 'message') ?? '' },
  };
}

function isVia(via: string | null): via is Line['via'] {
  return via === 'update' || via === 'signal' || via === 'system';
}

/** A line that is there again is one; the log may have cut it, so that the later one counts. */
function distinct(lines: readonly Line[]): readonly Line[] {
  return [...new Map(lines.map((line) => [keyOf(line), line])).values()];
}

/** By what the log knows a line; the log has six digits after the second, the history as many as it needs. */
function keyOf({ at, command, via }: Line): string {
  const [whole = '', digits = ''] = at.replace('Z', '').split('.');
  return JSON.stringify([whole, digits.padEnd(6, '0'), command, via]);
}

function withoutLine(events: readonly HistoryEvent[], lines: readonly Line[]): readonly Line[] {
  return [...updatesWithoutLine(events, lines), ...signalsWithoutLine(events, lines)];
}

function updatesWithoutLine(events: readonly HistoryEvent[], lines: readonly Line[]): readonly Line[] {
  const answers = new Map(ofKind(events, 'updateCompleted').map(({ id, answer }) => [id, answer]));
  const known = new Set(lines.filter(({ via }) => via === 'update').map(({ at, command }) => `${cut(at)} ${command}`));
  return ofKind(events, 'updateAccepted').flatMap(({ at, id, name, identity, input }): readonly Line[] => {
    const answer = answers.get(id);
    const answeredAt = textField(answer, 'at');
    if (answeredAt !== null && known.has(`${cut(answeredAt)} ${name}`)) return [];
    // A dry run is asked, not commanded, and leaves no line.
    const by = textField(input, 'by') ?? identity;
    const dry = field(input, 'dryRun') === true ? ' (dry run)' : '';
    return [
      {
        ...{ at: answeredAt ?? at, command: `${name}${dry}`, via: 'update', by, reason: textField(input, 'reason') },
        ...{ outcome: textField(answer, 'outcome') ?? '', message: textField(answer, 'message') ?? 'not answered yet' },
      },
    ];
  });
}

/** To milliseconds, which is what an answer has. */
function cut(at: string): string {
  return at.slice(0, 23);
}

/** Signals have no answer to be known by: as many as there are lines of their name are taken for those. */
function signalsWithoutLine(events: readonly HistoryEvent[], lines: readonly Line[]): readonly Line[] {
  const left = new Map<string, number>();
  for (const { via, command } of lines) if (via === 'signal') left.set(command, (left.get(command) ?? 0) + 1);
  return ofKind(events, 'signaled').flatMap(({ at, name, identity, input }): readonly Line[] => {
    if (notCommands.includes(name)) return [];
    const lined = left.get(name) ?? 0;
    left.set(name, lined - 1);
    if (lined > 0) return [];
    const by = textField(input, 'by') ?? identity;
    const said = { outcome: '', message: 'its answer is not on record' };
    return [{ at, command: name, via: 'signal', by, reason: textField(input, 'reason'), ...said }];
  });
}
