/**
 * Finds a MySQL server to run: `SWITCHYARD_MYSQLD`, then `mysqld` on the PATH, then Debian's packages unpacked into the
 * cache. Answers how to run it and the client programs that came with it.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureDebianMysql, mysqldMissing, probeMysqld, unpackedProgram } from './debian-mysql.js';
import type { UnpackedMysql } from './debian-mysql.js';
import type { DevContext } from './context.js';
import { findOnPath, isExecutable, type Program } from './program.js';

export interface MysqlPrograms {
  /** As the server tells it, such as `9.7.4-2` or `8.0.44`. */
  readonly version: string;
  /** Where it came from, for people. */
  readonly origin: string;
  readonly mysqld: Program;
  /** Client programs; undefined where the machine has none beside its mysqld. */
  readonly mysql: Program | undefined;
  readonly mysqldump: Program | undefined;
  /** Files of the server that are not where it was built to expect them; undefined where they are. */
  readonly shareFolder: string | undefined;
  readonly pluginFolder: string | undefined;
}

/** Systems keep mysqld here, which is not on everybody's PATH. */
const systemFolders = ['/usr/sbin', '/usr/local/sbin'];

/** Errors: DEV_TOOL_MISSING where none can be had, or where `SWITCHYARD_MYSQLD` names one that cannot be used. */
export async function findMysql(context: DevContext): Promise<MysqlPrograms> {
  const { env, progress } = context;
  if (env.SWITCHYARD_MYSQLD) return useInstalled(env.SWITCHYARD_MYSQLD, 'SWITCHYARD_MYSQLD', context);
  const path = await findOnPath('mysqld', env, systemFolders);
  if (path !== undefined) {
    const probe = await probeMysqld({ command: path, args: [] }, env);
    if (probe.kind === 'usable') return useInstalled(path, 'PATH', context);
    progress.say(`${path} ${probe.problem}; using Debian's packages instead`);
  }
  return describeUnpacked(await ensureDebianMysql(context));
}

async function useInstalled(path: string, origin: string, { env }: DevContext): Promise<MysqlPrograms> {
  const mysqld: Program = { command: path, args: [] };
  const probe = await probeMysqld(mysqld, env);
  if (probe.kind === 'unusable') throw mysqldMissing(`${path} (from ${origin}) ${probe.problem}`);
  const client = async (name: string): Promise<Program | undefined> => {
    const beside = [join(dirname(path), name), join(dirname(path), '../bin', name)];
    for (const command of beside) if (await isExecutable(command)) return { command, args: [] };
    const command = await findOnPath(name, env);
    return command === undefined ? undefined : { command, args: [] };
  };
  return {
    version: probe.version,
    origin: `${path} (${origin})`,
    mysqld,
    mysql: await client('mysql'),
    mysqldump: await client('mysqldump'),
    shareFolder: undefined,
    pluginFolder: undefined,
  };
}

async function describeUnpacked(unpacked: UnpackedMysql): Promise<MysqlPrograms> {
  return {
    version: await readFile(join(unpacked.root, 'version'), 'utf8'),
    origin: `${unpacked.root} (Debian's packages)`,
    mysqld: unpackedProgram(unpacked, 'sbin/mysqld'),
    mysql: unpackedProgram(unpacked, 'bin/mysql'),
    mysqldump: unpackedProgram(unpacked, 'bin/mysqldump'),
    shareFolder: join(unpacked.root, 'usr/share/mysql'),
    pluginFolder: join(unpacked.root, 'usr/lib/mysql/plugin'),
  };
}
