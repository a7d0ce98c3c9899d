/**
 * The accounts of a local MySQL server. Passwords are random, made once per server folder and kept in it, so that a
 * server that is started again keeps them and no other server on the machine has them.
 */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './cache.js';

/**
 * What Switchyard needs on every cluster, and why. Nothing here changes a global setting of the server.
 *
 * `server` (ON *.*):
 * - REPLICATION SLAVE reads the binlog, REPLICATION CLIENT tells which binlogs there are.
 * - PROCESS names sessions of others that block a cut-over (information_schema.INNODB_TRX, process list).
 * - XA_RECOVER_ADMIN sees prepared XA transactions, which block without a session.
 *
 * `database` (ON `_switchyard`.* and on each database that it works on; beside them SELECT ON performance_schema.*):
 * - SELECT, INSERT, UPDATE, DELETE copy, apply and verify; CREATE, DROP, ALTER, INDEX make the shadow table, swap by
 *   RENAME and drop what was made; LOCK TABLES is the cut-over.
 * - TRIGGER shows a table's triggers: without it they are invisible, not absent.
 *
 * Not needed: CONNECTION_ADMIN (it ends sessions of its own account only; `forceCutOver`, not built yet, will need it),
 * BACKUP_ADMIN (it takes no backup lock and sees those of others in performance_schema), SUPER.
 */
const switchyardGrants = {
  server: ['REPLICATION SLAVE', 'REPLICATION CLIENT', 'PROCESS', 'XA_RECOVER_ADMIN'],
  database: [
    ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX'],
    ...['LOCK TABLES', 'TRIGGER'],
  ],
} as const;

/** An application that owns its schemas: reads, writes and defines tables, and nothing of the server. */
const applicationGrants = [
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX', 'REFERENCES', 'LOCK TABLES'],
  ...['CREATE TEMPORARY TABLES', 'CREATE VIEW', 'SHOW VIEW', 'TRIGGER', 'CREATE ROUTINE', 'EXECUTE'],
];

export interface MysqlAccount {
  readonly user: string;
  readonly password: string;
}

/** `switchyard` for workers, `app` for writers, `root` for what tests do to a server. */
export interface MysqlAccounts {
  readonly switchyard: MysqlAccount;
  readonly app: MysqlAccount;
  readonly root: MysqlAccount;
}

/** Reads the accounts of a server folder, or invents them; they exist on the server once `initSql` was run there. */
export async function ensureAccounts(serverFolder: string): Promise<MysqlAccounts> {
  const file = join(serverFolder, 'accounts.json');
  if (await exists(file)) return JSON.parse(await readFile(file, 'utf8')) as MysqlAccounts;
  const account = (user: string): MysqlAccount => ({ user, password: randomBytes(18).toString('base64url') });
  const accounts: MysqlAccounts = { switchyard: account('switchyard'), app: account('app'), root: account('root') };
  await writeFile(file, JSON.stringify(accounts, null, 2), { mode: 0o600 });
  return accounts;
}

/**
 * What a server runs at each start before it lets anybody in (`--init-file`, one statement per line). Repeatable, and
 * not in the binlog, so that a new server's GTID set is empty.
 */
export function initSql({ switchyard, app, root }: MysqlAccounts): string {
  const create = ({ user, password }: MysqlAccount, grants: readonly string[]): string[] => [
    `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';`,
    // On all databases, since what runs here makes databases of any name. (That includes the server's own: such an
    // account is more powerful than it looks. On a real server grants are given database by database.)
    `GRANT ${grants.join(', ')} ON *.* TO '${user}'@'%';`,
  ];
  return [
    'SET SESSION sql_log_bin = 0;',
    ...create(switchyard, [...switchyardGrants.server, ...switchyardGrants.database]),
    ...create(app, applicationGrants),
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${root.password}';`,
    '',
  ].join('\n');
}
