/**
 * The temporary folder of a local stack. Whoever makes it removes it; one of a process that was killed is removed by a
 * later one, after a day in which somebody may look for the cause.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { lstat, readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './lock.js';

const prefix = 'switchyard-';
/** Only a folder with this file in it is ever removed by another process. */
const ownerFile = 'owner.json';
const abandonedAfterMs = 24 * 60 * 60_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
}

/** Makes an empty folder; with `keep` no other process will ever remove it. */
export function makeTemporaryFolder({ keep }: { readonly keep: boolean }): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const owner: Owner = { pid: process.pid, host: hostname() };
  if (!keep) writeFileSync(join(folder, ownerFile), JSON.stringify(owner), { mode: 0o600 });
  return folder;
}

/** Removes the folders of this user whose process is gone. Never throws: tidying must not keep anybody from starting. */
export async function removeAbandonedFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names.filter((found) => found.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const about = await lstat(folder);
    if (!about.isDirectory() || about.uid !== process.getuid?.()) return false;
    const file = join(folder, ownerFile);
    if (Date.now() - (await stat(file)).mtimeMs < abandonedAfterMs) return false;
    const { pid, host } = JSON.parse(await readFile(file, 'utf8')) as Owner;
    return host === hostname() && Number.isInteger(pid) && !isAlive(pid);
  } catch {
    // No such file: not ours, or the logs that a failed start has left on purpose.
    return false;
  }
}
