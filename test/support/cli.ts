/** The program `switchyard` inside of a test: what it says, and how it ends. */
import pc from 'picocolors';
import type { SwitchyardClient } from '../../src/client/switchyard-client.js';
import type { Context } from '../../src/cli/context.js';
import { exitCodes } from '../../src/cli/ends.js';
import { run } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { verbs } from '../../src/cli/verbs.js';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Each line of what was said as JSON. */
  readonly json: readonly Record<string, unknown>[];
}

export interface Surroundings {
  readonly client?: Partial<SwitchyardClient>;
  /** What somebody answers who is asked; nobody is there where it is absent. */
  readonly answers?: readonly string[];
  readonly columns?: number;
  readonly isWatched?: boolean;
  /** Gets to know how Ctrl-C is pressed. */
  readonly interrupt?: (press: () => void) => void;
}

/** Runs it with these words. */
export async function switchyard(words: readonly string[], around: Surroundings = {}): Promise<Said> {
  let out = '';
  let err = '';
  const answers = [...(around.answers ?? [])];
  const terminal: Terminal = {
    write: (text) => void (out += text),
    complain: (text) => void (err += text),
    isWatched: around.isWatched ?? false,
    canAsk: around.answers !== undefined,
    columns: around.columns ?? Infinity,
    rows: 40,
    colours: pc.createColors(false),
    ask(question) {
      err += question;
      return Promise.resolve(answers.shift() ?? '');
    },
    onInterrupt(end) {
      around.interrupt?.(end);
      return () => undefined;
    },
  };
  const context: Context = {
    ...{ terminal, env: {}, by: 'ann@test', everyMs: 10, exitCode: exitCodes.done },
    connect() {
      const problem = 'connection refused';
      const gone = new SwitchyardError('TEMPORAL_UNREACHABLE', { address: 'nowhere:7233', problem });
      return around.client === undefined
        ? Promise.reject(gone)
        : Promise.resolve({ close: () => Promise.resolve(), ...around.client } as SwitchyardClient);
    },
  };
  const code = await run(
    verbs(() => Promise.resolve()),
    words,
    context,
    '0.0.0',
  );
  const json = out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, out, err, json };
}
