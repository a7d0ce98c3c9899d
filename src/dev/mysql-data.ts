/** A new data folder for a local MySQL server: initialised once per version, kept in the cache, then copied (0.3 s). */
import { constants } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { devStartTimeoutMs } from '../limits/dev.js';
import { ensureEntry, exists } from './cache.js';
import type { DevContext } from './context.js';
import type { MysqlPrograms } from './find-mysqld.js';
import { runLogged } from './run-logged.js';

/** Makes `dataFolder` unless it is there. Errors: DEV_START_FAILED where the server cannot initialise. */
export async function ensureDataFolder(context: DevContext, mysql: MysqlPrograms, dataFolder: string): Promise<void> {
  if (await exists(dataFolder)) return;
  const { cache: folder, progress, signal } = context;
  const make = (temporary: string, logFile: string): Promise<void> => initialise(mysql, temporary, logFile, signal);
  const name = `mysql-data-${mysql.version}`;
  const template = await ensureEntry({ folder, name, make, progress, signal });
  const copy = `${dataFolder}.copy`;
  await rm(copy, { recursive: true, force: true });
  await cp(join(template, 'data'), copy, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    // It holds the server's UUID, the source of its GTIDs: each server makes its own.
    filter: (source) => basename(source) !== 'auto.cnf',
  });
  await rename(copy, dataFolder);
}

async function initialise(
  mysql: MysqlPrograms,
  temporary: string,
  logFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = await runLogged({
    title: 'mysqld --initialize-insecure',
    program: mysql.mysqld,
    args: [
      ...mysqldBaseArguments(mysql, join(temporary, 'data')),
      '--initialize-insecure',
      // The smallest: it is copied for every server, which then makes it as large as it likes.
      '--loose-innodb-redo-log-capacity=8M',
    ],
    logFile,
    timeoutMs: devStartTimeoutMs,
    signal,
  });
  if (answer.kind === 'answered') return;
  throw new SwitchyardError('DEV_START_FAILED', {
    server: `mysqld (${mysql.origin})`,
    problem: answer.problem,
    logFile,
    portTaken: false,
  });
}

/** What every call of this mysqld needs: its files, and a data folder, independent of the machine's own settings. */
export function mysqldBaseArguments(mysql: MysqlPrograms, dataFolder: string): string[] {
  const { shareFolder, pluginFolder } = mysql;
  const share = shareFolder === undefined ? [] : [`--lc-messages-dir=${shareFolder}`];
  const charsets = shareFolder === undefined ? [] : [`--character-sets-dir=${shareFolder}/charsets`];
  const plugins = pluginFolder === undefined ? [] : [`--plugin-dir=${pluginFolder}`];
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  const own = [`--datadir=${dataFolder}`, '--secure-file-priv=NULL'];
  return ['--no-defaults', ...share, ...charsets, ...plugins, ...user, ...own];
}
