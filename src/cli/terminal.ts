/** What a verb talks to: a person at a terminal, a log, or a program that reads JSON. */
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

export interface Terminal {
  /** Standard output, without a line end. */
  write(text: string): void;
  /** Standard error, without a line end. */
  complain(text: string): void;
  /** Whether somebody looks at standard output, who sees it drawn anew. */
  readonly isWatched: boolean;
  /** Whether somebody can be asked. */
  readonly canAsk: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly colours: Colours;
  /** @returns what was answered. */
  ask(question: string): Promise<string>;
  /** Calls back at Ctrl-C, and when it is asked to end. @returns what takes that back. */
  onInterrupt(end: () => void): () => void;
}

/** The terminal, or the pipe, in which this process was started. */
export function thisTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  // Absent where it is none, and then the library of colours would decide by itself, as for CI.
  const isWatched = Boolean(stdout.isTTY) && process.env['TERM'] !== 'dumb';
  // `| head` has read enough.
  const unheard = (): never => process.exit(0);
  return {
    write(text) {
      if (stdout.listenerCount('error', unheard) === 0) stdout.on('error', unheard);
      stdout.write(text);
    },
    complain: (text) => stderr.write(text),
    isWatched,
    canAsk: stdin.isTTY && stderr.isTTY,
    get columns() {
      return stdout.isTTY ? stdout.columns || 80 : Infinity;
    },
    get rows() {
      return stdout.isTTY ? stdout.rows || 24 : Infinity;
    },
    colours: pc.createColors(isWatched && !process.env['NO_COLOR']),
    async ask(question) {
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    onInterrupt(end) {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.once(signal, end);
      return () => {
        for (const signal of signals) process.off(signal, end);
      };
    },
  };
}

/** One line of JSON: what programs read. */
export function writeJson(terminal: Terminal, value: object): void {
  terminal.write(`${JSON.stringify(value)}\n`);
}

export function writeLines(terminal: Terminal, lines: readonly string[]): void {
  terminal.write(`${lines.join('\n')}\n`);
}
