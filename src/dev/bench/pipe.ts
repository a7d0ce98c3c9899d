/** What a move is compared with: `mysqldump | mysql`, by the programs that came with the server. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { createContext } from '../context.js';
import { findMysql } from '../find-mysqld.js';
import { clientSettings } from '../mysql-client.js';
import type { MysqlServer } from '../mysql-server.js';
import type { Program } from '../program.js';
import { runLogged } from '../run-logged.js';
import { secondsOf } from './bench-servers.js';
import { benchDatabase, benchTable } from './sbtest.js';

/** Far longer than a table takes that one would measure with. */
const timeoutMs = 60 * 60_000;

/** Both talk to their server as Switchyard does here: by TCP, without encryption, which would only make them slower. */
const plain = ['--protocol=TCP', '--ssl-mode=DISABLED', '--get-server-public-key'];
const dumped = ['--single-transaction', '--set-gtid-purged=OFF', benchDatabase, benchTable];

export interface PipePrograms {
  readonly mysqldump: Program;
  readonly mysql: Program;
}

/** Errors: DEV_TOOL_MISSING where the machine has only a server. */
export async function findPipePrograms(): Promise<PipePrograms> {
  const { mysqldump, mysql, origin } = await findMysql(createContext());
  if (mysqldump !== undefined && mysql !== undefined) return { mysqldump, mysql };
  throw new SwitchyardError('DEV_TOOL_MISSING', {
    tool: 'mysqldump | mysql',
    problem: `there are no client programs beside ${origin}`,
    remedy: 'Install the client programs of MySQL.',
  });
}

/** Copies the table from one server to the other. @returns seconds. Errors: DEV_RUN_FAILED. */
export async function dumpAndLoad(programs: PipePrograms, from: MysqlServer, to: MysqlServer): Promise<number> {
  const { mysqldump, mysql } = programs;
  // A pipe with a name, so that both programs are children of ours, and each says how it ended.
  const pipe = join(to.folder, 'dump.pipe');
  await promisify(execFile)('mkfifo', ['-m', '600', pipe]);
  const abort = new AbortController();
  const half = async (redirect: string, program: Program, server: MysqlServer, more: readonly string[]) => {
    const answer = await runLogged({
      title: program === mysql ? 'mysql' : 'mysqldump',
      // The shell only opens the pipe, then becomes the program.
      program: { command: 'sh', args: ['-c', `exec "$@" ${redirect} "$0"`, pipe, program.command, ...program.args] },
      args: [`--defaults-file=${clientSettings(server.folder)}`, ...plain, ...more],
      logFile: join(server.folder, 'pipe.log'),
      signal: abort.signal,
      timeoutMs,
    });
    if (answer.kind === 'answered') return;
    const failed = new SwitchyardError('DEV_RUN_FAILED', { problem: answer.problem });
    abort.abort(failed);
    throw failed;
  };
  try {
    return await secondsOf(() =>
      Promise.all([half('>', mysqldump, from, dumped), half('<', mysql, to, [benchDatabase])]),
    );
  } finally {
    await rm(pipe, { force: true });
  }
}
