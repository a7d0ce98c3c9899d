/**
 * The cache folder: what was fetched or built once and serves every checkout. An entry is complete or absent: it is made
 * in a temporary folder beside it and put in place by one rename. Several processes may ask for the same entry at once.
 */
import { access, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { acquireLock, isAlive } from './lock.js';
import type { Environment } from './program.js';
import type { Progress } from './progress.js';

/** Where the cache is: `SWITCHYARD_CACHE`, else the place that the operating system's users expect. */
export function cacheFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (env.SWITCHYARD_CACHE) return resolve(env.SWITCHYARD_CACHE);
  const home = env.HOME ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'switchyard');
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'switchyard');
}

export interface MakeEntryOptions {
  readonly folder: string;
  /** Names what is in it and its version, such as `temporal-1.5.1`: an entry is never changed once it is there. */
  readonly name: string;
  /** Fills the temporary folder; what it appends to the log file stays when it fails. */
  readonly make: (temporaryFolder: string, logFile: string) => Promise<void>;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The path of a cache entry, made first where it is not there yet. Of several processes that ask at once one makes it,
 * the others say that they wait. Errors: what `make` throws; DEV_CACHE_UNUSABLE where the folder cannot be written.
 */
export async function ensureEntry(options: MakeEntryOptions): Promise<string> {
  const entry = join(options.folder, options.name);
  if (await exists(entry)) return entry;
  await prepareFolder(options.folder);
  const lock = await acquireLock(`${entry}.lock`, {
    onWait(pid) {
      // Two servers of this process that want the same entry need no words.
      if (pid !== process.pid) options.progress.say(`waiting for process ${pid}, which is making ${options.name} …`);
    },
    isPointless: () => exists(entry),
    signal: options.signal,
  });
  if (lock === undefined) return entry;
  try {
    if (!(await exists(entry))) await makeEntry(options, entry);
    return entry;
  } finally {
    await lock.release();
  }
}

async function makeEntry({ folder, name, make }: MakeEntryOptions, entry: string): Promise<void> {
  await removeAbandoned(folder);
  const temporary = await mkdtemp(join(folder, `${temporaryPrefix}${process.pid}-`));
  try {
    await make(temporary, join(folder, 'logs', `${name}.log`));
    await rename(temporary, entry);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Somebody else was faster (see lock.ts): theirs is as good as ours.
    if (await exists(entry)) return;
    throw error;
  }
}

const temporaryPrefix = '.making-';

/** Removes temporary folders of processes that were killed while they made an entry. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = new RegExp(`^\\${temporaryPrefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(join(folder, 'logs'), { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new SwitchyardError('DEV_CACHE_UNUSABLE', { folder, problem: (error as Error).message }, { cause: error });
  }
}

/** Whether there is something at this path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
