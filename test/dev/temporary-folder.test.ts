import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeTemporaryFolder, removeAbandonedFolders } from '../../src/dev/temporary-folder.js';

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'switchyard-folder-test-'));
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true, force: true });
});

const here = hostname();
/** Of a process that has ended, and was collected. */
const gone = spawnSync('true').pid;
const oldHours = 25;

/** Replaces or adds the owner file of a folder that a process of this host has made long ago. */
function setOwner(folder: string, owner: unknown, ageHours = oldHours): string {
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'data', 'ibdata1'), '');
  const file = join(folder, 'owner.json');
  writeFileSync(file, typeof owner === 'string' ? owner : JSON.stringify(owner));
  const then = new Date(Date.now() - ageHours * 3_600_000);
  utimesSync(file, then, then);
  return folder;
}

it('removes the folder of a process that is gone for a day', async () => {
  const folder = setOwner(makeTemporaryFolder({ keep: false }), { pid: gone, host: here });
  await removeAbandonedFolders();
  expect(existsSync(folder)).toBe(false);
});

it('says in a folder whose it is, so that nobody removes it as long as that process lives', async () => {
  const folder = makeTemporaryFolder({ keep: false });
  const then = new Date(Date.now() - oldHours * 3_600_000);
  utimesSync(join(folder, 'owner.json'), then, then);
  await removeAbandonedFolders();
  expect(existsSync(folder)).toBe(true);
});

it.each([
  ['of a process that was killed today', { pid: gone, host: here }, 23],
  ['of another machine that has the same folder', { pid: gone, host: `not-${here}` }, oldHours],
  ['with an owner that nobody understands', '{', oldHours],
  ['with an owner that is no process', { host: here }, oldHours],
])('leaves a folder %s', async (_what, owner, ageHours) => {
  const folder = setOwner(makeTemporaryFolder({ keep: false }), owner, ageHours);
  await removeAbandonedFolders();
  expect(existsSync(join(folder, 'data', 'ibdata1'))).toBe(true);
});

it('leaves what is to be kept, what others made and what a link points to', async () => {
  const abandoned = { pid: gone, host: here };
  const kept = makeTemporaryFolder({ keep: true });
  const elsewhere = setOwner(join(temporary, 'elsewhere'), abandoned);
  symlinkSync(elsewhere, join(temporary, 'switchyard-link'));
  mkdirSync(join(temporary, 'switchyard-others'));
  writeFileSync(join(temporary, 'switchyard-file'), '');
  await removeAbandonedFolders();
  const left = [kept, join(elsewhere, 'data', 'ibdata1'), join(temporary, 'switchyard-link')];
  expect(
    left.concat(join(temporary, 'switchyard-others'), join(temporary, 'switchyard-file')).filter(existsSync),
  ).toHaveLength(5);
  expect(existsSync(join(kept, 'owner.json'))).toBe(false);
});
