/**
 * Finds programs and asks them short questions. What runs long (servers, fetching, building) goes through supervise.ts.
 */
import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { devQuestionTimeoutMs } from '../limits/dev.js';

/** How to run a program: a command and the arguments that come before the caller's own. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** The environment that a search looks at; `process.env` outside of tests. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether this is a file that we may execute. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/**
 * The first executable of this name in `PATH`, then in `moreFolders`; undefined where there is none.
 * @param moreFolders where a system keeps it although people's `PATH` leaves it out, such as `/usr/sbin`.
 */
export async function findOnPath(
  name: string,
  env: Environment,
  moreFolders: readonly string[] = [],
): Promise<string | undefined> {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...moreFolders];
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

export type Answer =
  { readonly kind: 'answered'; readonly output: string } | { readonly kind: 'failed'; readonly problem: string };

/** Runs a program for an answer of a few lines (such as `--version`); never throws, bounded in time. */
export function ask(program: Program, args: readonly string[], env: Environment): Promise<Answer> {
  const options = { timeout: devQuestionTimeoutMs, env: { ...env, LC_ALL: 'C' }, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program.command, [...program.args, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: 'answered', output: stdout });
      else resolve({ kind: 'failed', problem: stderr.trim().split('\n').at(-1) || error.message });
    });
  });
}
