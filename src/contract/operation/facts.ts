/** What people read of a status, as labels with values: on the page of a workflow, and on a terminal. */
import { limitsWords } from '../../lifecycle/operation/limits.js';
import { throttleWords } from '../../throttle/limits.js';
import type { OperationStatus, RetryingStatus, WindowStatus } from './status.js';
import { waitWords } from './waits.js';

/** A fact without a value is left out. */
export type Facts = readonly (readonly [label: string, value: string | null])[];

/** The facts that every operation has. */
export function commonFacts(status: OperationStatus): Facts {
  const { error, lastCommand, notCompared } = status;
  return [
    ['Last attempt', lastAttemptOf(status.lastAttempt)],
    ['Next attempt', status.nextAttemptAt],
    ['Not before', status.completeAt],
    ['Window', status.window === null ? null : windowOf(status.window)],
    ['Attempts get', status.limits === null ? null : limitsWords(status.limits)],
    ['Paused', pauseOf(status)],
    ['Throttle', throttleWords(status.throttle)],
    ['Waits for', status.waitsFor.length === 0 ? null : waitWords(status.waitsFor)],
    ['Not compared', listed(notCompared)],
    ['Fails', failingOf(status.retrying)],
    ['Error', error === null ? null : `${error.code}: ${error.message}`],
    ['Remedy', error === null || error.message.includes(error.remedy) ? null : error.remedy],
    [
      'Last command',
      lastCommand === null ? null : `${lastCommand.command}: ${lastCommand.outcome}, ${lastCommand.message}`,
    ],
  ];
}

function lastAttemptOf(last: OperationStatus['lastAttempt']): string | null {
  if (last === null) return null;
  const { endedAt, reason, detail, blockedMs } = last;
  const waited = blockedMs === null ? '' : `; writes waited ${blockedMs} ms`;
  return `${reason}${endedAt === null ? '' : ` at ${endedAt}`}: ${detail}${waited}`;
}

function windowOf({ open, until, endsAt, problem }: WindowStatus): string {
  if (problem !== null) return `never opens: ${problem}`;
  return `${open ? 'open' : 'closed'} until ${until}${endsAt === null ? '' : `; an attempt has to end by ${endsAt}`}`;
}

function pauseOf({ paused, pauseReasons }: OperationStatus): string | null {
  if (paused === null) return pauseReasons.length > 0 ? `by the ${pauseReasons.join(', ')}` : null;
  return `by the ${paused.by} since ${paused.since}${paused.reason === null ? '' : `: ${paused.reason}`}`;
}

function failingOf(retrying: RetryingStatus | null): string | null {
  if (retrying === null) return null;
  const { since, attempts, code, nextAt } = retrying;
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  return `since ${since}, ${times}; ${nextAt === null ? 'being tried again' : `again at ${nextAt}`}: ${code}`;
}

/** As one fact; null for nothing. */
export function listed(values: readonly string[], separator = ', '): string | null {
  return values.length === 0 ? null : values.join(separator);
}
