/**
 * A lock between processes: a file that exists while somebody holds it. The holder writes its pid and touches the file
 * as long as it lives, so that a lock of a process that died (or whose pid somebody else got since) is taken over.
 *
 * Taking over is not atomic: two waiters that see the same stale lock may, very rarely, both believe they hold it. What
 * is guarded here stays right then, since cache entries are put in place by one atomic rename; only work is done twice.
 */
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { devLockStaleMs, devLockTouchMs, devPollMs } from '../limits/dev.js';

export interface Lock {
  release(): Promise<void>;
}

export interface LockOptions {
  /** Called once, before the first wait, with the pid of the holder. */
  readonly onWait?: (holderPid: number) => void;
  /** Asked again and again while waiting: true ends the wait without the lock. */
  readonly isPointless?: () => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/** Waits for the lock and takes it; undefined when `isPointless` ended the wait. Throws when the signal is aborted. */
export async function acquireLock(file: string, options: LockOptions = {}): Promise<Lock | undefined> {
  let waiting = false;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await tryCreate(file)) return holdLock(file);
    if (await options.isPointless?.()) return undefined;
    const holderPid = await liveHolder(file);
    if (holderPid === undefined) {
      await rm(file, { force: true });
      continue;
    }
    if (!waiting && holderPid > 0) {
      waiting = true;
      options.onWait?.(holderPid);
    }
    await delay(devPollMs);
  }
}

async function tryCreate(file: string): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holdLock(file: string): Lock {
  const touch = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, devLockTouchMs);
  touch.unref();
  return {
    async release() {
      clearInterval(touch);
      await rm(file, { force: true });
    },
  };
}

/** The pid of a holder that is alive; undefined where the lock is gone or stale. */
async function liveHolder(file: string): Promise<number | undefined> {
  try {
    const [text, { mtimeMs }] = [await readFile(file, 'utf8'), await stat(file)];
    if (Date.now() - mtimeMs > devLockStaleMs) return undefined;
    // Just created and not yet written to: who holds it shows in a moment.
    if (text === '') return 0;
    const holder = JSON.parse(text) as { readonly pid: number; readonly host: string };
    return holder.host !== hostname() || isAlive(holder.pid) ? holder.pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a process with this pid exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
