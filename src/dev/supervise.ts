/**
 * Starts children that never outlive us: not on an error, not on Ctrl-C, not when we are killed with SIGKILL.
 *
 * - `pdeathsig` (Linux): `setpriv` asks the kernel to send SIGKILL when the parent is gone, then becomes the program.
 *   The little `sh` in between closes the gap of a parent that died before the kernel was asked. The kernel means the
 *   parent's *thread*: call this from the main thread, which lives as long as the process.
 * - `pipe` (elsewhere): a watcher beside the program reads from a pipe whose other end is ours; when it closes without
 *   the word `done`, the watcher kills the program.
 *
 * In both cases the pid we know is the program's own, so that tests can freeze and kill the real thing. Children have a
 * process group of their own: Ctrl-C reaches only us, and we stop them in the right order.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { devLogTailLines, devStopTimeoutMs } from '../limits/dev.js';
import { ask, type Environment, type Program } from './program.js';

export type Guard = 'pdeathsig' | 'pipe';

export interface SuperviseOptions {
  /** Who it is, for messages, such as `mysqld of cluster commerce`. */
  readonly title: string;
  readonly program: Program;
  readonly args: readonly string[];
  /** Both outputs are appended here; its folder is made. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: Environment;
  /** Abort = SIGKILL. */
  readonly signal?: AbortSignal | undefined;
  /** How the child is tied to us; the best that this machine has, unless a test says otherwise. */
  readonly guard?: Guard;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SupervisedChild {
  readonly title: string;
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<ChildExit>;
  isRunning(): boolean;
  /** Sends a signal to the program itself; nothing happens when it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, a bounded wait (20 s), SIGKILL. Returns when it has ended; works on a frozen child too. */
  stop(): Promise<void>;
  /** What it has written to its log since this start. */
  readLog(): Promise<string>;
}

/** Starts a program as a child that dies with us. Errors: DEV_START_FAILED where nothing could be started at all. */
export async function supervise(options: SuperviseOptions): Promise<SupervisedChild> {
  const guard = options.guard ?? (await bestGuard());
  options.signal?.throwIfAborted();
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = await open(options.logFile, 'a', 0o600);
  try {
    const { size } = await log.stat();
    const child = spawnGuarded(options, guard, log.fd);
    return await watchChild(options, child, size);
  } finally {
    await log.close();
  }
}

let bestGuardAsked: Promise<Guard> | undefined;

function bestGuard(): Promise<Guard> {
  const setpriv: Program = { command: 'setpriv', args: ['--pdeathsig', 'KILL'] };
  bestGuardAsked ??= ask(setpriv, ['true'], process.env).then(({ kind }) =>
    kind === 'answered' ? 'pdeathsig' : 'pipe',
  );
  return bestGuardAsked;
}

const ifParentLives = '[ "$PPID" = "$0" ] && exec "$@"';
const withWatcher = '(read -r word; [ "$word" = done ] || kill -KILL $$) <&3 & exec "$@" 3<&-';

function spawnGuarded({ program, args, cwd, env }: SuperviseOptions, guard: Guard, logFd: number): ChildProcess {
  const command = [program.command, ...program.args, ...args];
  const stdio: StdioOptions = ['ignore', logFd, logFd];
  const options = { detached: true, env: { ...(env ?? process.env), LC_ALL: 'C' }, ...(cwd ? { cwd } : {}) };
  if (guard === 'pdeathsig') {
    const guarded = ['--pdeathsig', 'KILL', 'sh', '-c', ifParentLives, String(process.pid), ...command];
    return spawn('setpriv', guarded, { ...options, stdio });
  }
  const child = spawn('sh', ['-c', withWatcher, 'sh', ...command], { ...options, stdio: [...stdio, 'pipe'] });
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => undefined);
  child.once('exit', () => pipe.end('done\n'));
  return child;
}

async function watchChild(options: SuperviseOptions, child: ChildProcess, logStart: number): Promise<SupervisedChild> {
  const { title, logFile } = options;
  let running = true;
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      const facts = { server: title, problem: cause.message, logFile, portTaken: false };
      reject(new SwitchyardError('DEV_START_FAILED', facts, { cause }));
    });
  });
  // From here on an error event can only mean a signal that could not be sent.
  child.on('error', () => undefined);
  const killNow = (): void => void child.kill('SIGKILL');
  options.signal?.addEventListener('abort', killNow);
  void exited.then(() => options.signal?.removeEventListener('abort', killNow));
  if (options.signal?.aborted) killNow();
  return {
    title,
    pid: child.pid as number,
    logFile,
    exited,
    isRunning: () => running,
    kill: (signal) => void child.kill(signal),
    stop: () => stopChild(child, exited),
    readLog: () => readFrom(logFile, logStart),
  };
}

async function stopChild(child: ChildProcess, exited: Promise<ChildExit>): Promise<void> {
  child.kill('SIGTERM');
  // A frozen process handles its SIGTERM only when it goes on.
  child.kill('SIGCONT');
  const timer = setTimeout(() => child.kill('SIGKILL'), devStopTimeoutMs);
  await exited;
  clearTimeout(timer);
}

async function readFrom(file: string, position: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - position)), { position });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Why a child that should be there is not, in words, with the end of its log. */
export async function describeExit(child: SupervisedChild): Promise<string> {
  const { code, signal } = await child.exited;
  const how = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
  const tail = (await child.readLog()).trimEnd().split('\n').slice(-devLogTailLines);
  return tail.join('') === '' ? `${how} and wrote nothing.` : `${how}. Its log ends with:\n  ${tail.join('\n  ')}`;
}
