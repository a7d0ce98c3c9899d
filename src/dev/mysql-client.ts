/** A short script per server that opens the `mysql` client: ready to paste, with no password on the command line. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../contract/command-line.js';
import type { Program } from './program.js';

export interface ClientLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The option file with the login of a server, for the client programs; written with the script. */
export function clientSettings(folder: string): string {
  return join(folder, 'client.cnf');
}

/** Writes `mysql` (the script) and `client.cnf` (0600) into `folder`; returns the script's path, undefined without client. */
export async function writeClientScript(
  mysql: Program | undefined,
  folder: string,
  { host, port, user, password }: ClientLogin,
): Promise<string | undefined> {
  if (mysql === undefined) return undefined;
  const settings = clientSettings(folder);
  const lines = ['[client]', `host=${host}`, `port=${port}`, `user=${user}`, `password=${password}`, ''];
  await writeFile(settings, lines.join('\n'), { mode: 0o600 });
  const command = [mysql.command, ...mysql.args, `--defaults-file=${settings}`].map(shellWord).join(' ');
  const script = join(folder, 'mysql');
  await writeFile(script, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o700 });
  return script;
}
