/** Waits for an operation, and shows it meanwhile. To stop waiting never touches the operation. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { migrationPhases } from '../lifecycle/migration/phase.js';
import { movePhases } from '../lifecycle/move/phase.js';
import { durationMs, durationSchema } from '../contract/operation/duration.js';
import { shellWord } from '../contract/command-line.js';
import type { Called } from './context.js';
import { errorShown, errorWords, exitCodeOf, exitCodes, UsageProblem, type ExitCode } from './ends.js';
import type { AnyHandle, OperationHandle } from './find.js';
import { looks, type Look } from './looks.js';
import type { AnyStatus } from './show/operation.js';
import { resultLines } from './show/result.js';
import { screenFor, type Screen } from './screen.js';
import { writeJson, writeLines } from './terminal.js';

export interface Waiting {
  /** Waits for this phase, or for the end. */
  readonly phase: string | null;
  /** Null: for as long as it takes. */
  readonly timeoutMs: number | null;
}

interface Wanted extends Waiting {
  /** The end that is a success. */
  readonly wanted: 'completed' | 'cancelled';
  /** Goes on also where it needs a person: somebody looks at it. */
  readonly isWatched?: boolean;
}

export function withWaiting(command: Command): Command {
  return command
    .option('--wait', 'wait for the end of the operation; ends with 1 where it needs a person')
    .option('--wait-for <phase>', 'wait for this phase, such as postponed, or for the end')
    .option('--timeout <duration>', 'wait no longer than this, such as 30m; the operation goes on');
}

const phases: readonly string[] = [...new Set<string>([...migrationPhases, ...movePhases])];

/** Null where nothing is waited for. @throws UsageProblem. */
export function waitingOf(command: Command): Waiting | null {
  const { wait, waitFor: phase, timeout } = command.opts<{ wait?: true; waitFor?: string; timeout?: string }>();
  if (phase !== undefined && !phases.includes(phase)) {
    throw new UsageProblem(`There is no phase ${phase}; there are: ${phases.join(', ')}.`);
  }
  const timeoutMs = timeout === undefined ? null : timeoutOf(timeout);
  return wait === true || phase !== undefined ? { phase: phase ?? null, timeoutMs } : null;
}

function timeoutOf(text: string): number {
  const duration = durationSchema.safeParse(/^\d+$/.test(text) ? Number(text) : text);
  if (!duration.success) throw new UsageProblem(`--timeout has to be a duration such as "90s", "30m" or "2h".`);
  return durationMs(duration.data);
}

/** How the looking has ended. */
type Stopped = 'ended' | 'reached' | 'stuck' | 'interrupted' | 'late';

/** Waits, and says how it ended. @throws errors of the catalogue that do not pass by themselves. */
export async function untilEnd(called: Called, handle: AnyHandle, wanted: Wanted): Promise<ExitCode> {
  const { terminal, json } = called;
  if (handle.kind === 'tableCleanup') {
    const result = await handle.result();
    if (json)
      writeJson(terminal, { version: 1, kind: 'end', workflowId: handle.workflowId, outcome: result.outcome, result });
    else terminal.write(`${result.outcome}: ${result.retainedTable}\n`);
    return exitCodes.done;
  }
  const screen = screenFor(terminal, json, `Ctrl-C ends only this picture: ${handle.workflowId} goes on.`);
  const stopped = await lookOn(called, handle, wanted, screen);
  switch (stopped) {
    case 'ended':
      return sayEnd(called, handle, wanted);
    case 'reached':
      return exitCodes.done;
    case 'stuck':
      if (!json) terminal.complain(`It goes no further until somebody decides; it stays open.\n`);
      return exitCodes.failed;
    case 'late':
      if (!json) terminal.complain(`It has not come so far in time; it goes on. ${again(handle)}\n`);
      return exitCodes.failed;
    case 'interrupted':
      if (!json) terminal.complain(`Nothing was sent: the operation goes on. ${again(handle)}\n`);
      return exitCodes.interrupted;
  }
}

function again({ workflowId }: OperationHandle): string {
  return `"switchyard watch ${shellWord(workflowId)}" looks again.`;
}

async function lookOn(
  { terminal, everyMs }: Called,
  handle: OperationHandle,
  wanted: Wanted,
  screen: Screen,
): Promise<Stopped> {
  const over = new AbortController();
  let stopped: Stopped = 'ended';
  const stop = (why: Stopped) => (): void => {
    stopped = why;
    over.abort();
  };
  const forget = terminal.onInterrupt(stop('interrupted'));
  if (wanted.timeoutMs !== null) {
    void sleep(wanted.timeoutMs, undefined, { signal: over.signal }).then(stop('late'), () => undefined);
  }
  try {
    const pace = { everyMs, signal: over.signal, onProblem: (problem: Error) => screen.trouble(problem) };
    for await (const seen of looks(handle, pace)) {
      screen.show(seen);
      const why = reasonToStop(seen, wanted);
      if (why !== null) return why;
    }
    return stopped;
  } finally {
    over.abort();
    forget();
    screen.end();
  }
}

function reasonToStop({ shown, summary }: Look, { phase, isWatched = false }: Wanted): Stopped | null {
  if (shown === null) return null;
  if (shown.status.phase === phase) return 'reached';
  return summary.open && !isWatched && needsPerson(shown.status) ? 'stuck' : null;
}

/** It goes no further by itself, and nobody has wanted it so. */
function needsPerson(status: AnyStatus): boolean {
  if (status.phase === 'needsOperator') return true;
  return 'gaveUp' in status ? status.gaveUp !== null : status.postponed?.by === 'system';
}

async function sayEnd({ terminal, json }: Called, handle: OperationHandle, { wanted }: Wanted): Promise<ExitCode> {
  const { workflowId } = handle;
  try {
    const result = await handle.result();
    const { outcome } = result;
    const code = outcome === wanted ? exitCodes.done : exitCodes.failed;
    if (json) writeJson(terminal, { version: 1, kind: 'end', workflowId, outcome, result });
    else writeLines(terminal, resultLines(result));
    return code;
  } catch (error) {
    // Whatever its code means elsewhere, an operation that ends with it has failed; who does not answer has not told.
    const isUnknown = exitCodeOf(error) === exitCodes.unreachable;
    const exitCode = isUnknown ? exitCodes.unreachable : exitCodes.failed;
    const shown = { ...errorShown(error), exitCode };
    if (json) writeJson(terminal, { ...shown, workflowId });
    else terminal.complain(`${isUnknown ? '' : 'failed: '}${errorWords(shown)}\n`);
    return exitCode;
  }
}
