import { constants } from 'node:os';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals this close to the first one belong to it: on Ctrl-C the terminal sends one to everybody, and npm hands on its own. */
export const sameRequestMs = 1_000;

export interface StopHandlers {
  /** Stops in order and ends the process; called once. */
  readonly stop: (signal: NodeJS.Signals) => void;
  /** For somebody who does not want to wait any longer: returns at once, and then the process ends. */
  readonly endAtOnce: () => void;
}

/**
 * Calls `stop` at the first signal that asks this process to end (or where its output cannot be written any more), and
 * `endAtOnce` at a later one that is not the echo of the first (children die with the process, see supervise.ts).
 * Returns a function that takes the handlers away again.
 */
export function onStopSignal({ stop, endAtOnce }: StopHandlers): () => void {
  let askedAt: number | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      stop(signal);
    } else if (performance.now() - askedAt > sameRequestMs) {
      try {
        endAtOnce();
      } finally {
        process.exit(exitCodeOf(signal));
      }
    }
  };
  // Nobody reads any more what we say (`| head`, a closed terminal): the error of the first write asks like a signal.
  const unheard = (): void => {
    if (askedAt === undefined) handle('SIGPIPE');
  };
  const outputs = [process.stdout, process.stderr];
  for (const signal of stopSignals) process.on(signal, handle);
  for (const output of outputs) output.on('error', unheard);
  return () => {
    // Once asked to, the process is about to end: an echo must not cut short what it still does for that.
    if (askedAt !== undefined) return;
    for (const signal of stopSignals) process.off(signal, handle);
    for (const output of outputs) output.off('error', unheard);
  };
}

/** The exit code that shells expect of a process that was ended by this signal. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
