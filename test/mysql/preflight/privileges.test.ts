import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MysqlServer } from '../../../src/dev/mysql-server.js';
import { loadTable } from '../../../src/mysql/server/introspect/load-table.js';
import { checkPrivileges } from '../../../src/mysql/preflight/checks/privileges.js';
import {
  ownDatabasePrivileges,
  requiredPrivileges,
  type RequiredPrivilege,
} from '../../../src/mysql/preflight/required-privileges.js';
import { loadServerFacts } from '../../../src/mysql/preflight/server-facts.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { controlVariables, dataVariables, statementVariables } from '../../../src/mysql/server/session/variables.js';
import { placeTables } from '../../../src/mysql/migration/own-database.js';
import { dropOwnDatabase, makeOwnDatabase } from '../../../src/mysql/server/sidecar/table-database.js';
import { hasNamedChecks } from '../../../src/schema/create-statement.js';
import { quoteTable } from '../../../src/schema/identifier.js';
import type { TableModel } from '../../../src/schema/table-model.js';
import { failureOf, openSession, preflightOf, runAll, startServers, type OwnServers } from './own-servers.js';

const account = { user: 'preflight', password: 'preflight' };
const quoted = '`preflight`@`%`';

let servers: OwnServers;
let server: MysqlServer;
let root: Session;
let table: TableModel;
/** It has a CHECK constraint that somebody named. */
let checkedTable: TableModel;

beforeAll(async () => {
  servers = await startServers([{ name: 'commerce', serverId: 41 }]);
  [server] = servers.all as [MysqlServer];
  root = await openSession(server, server.root);
  await runAll(root, [
    'CREATE DATABASE my_shop',
    'CREATE TABLE my_shop.orders (id BIGINT PRIMARY KEY, CHECK (id > 0))',
    'CREATE TABLE my_shop.checked (id BIGINT PRIMARY KEY, CONSTRAINT positive CHECK (id > 0))',
  ]);
  table = await loadTable(root, { database: 'my_shop', table: 'orders' });
  checkedTable = await loadTable(root, { database: 'my_shop', table: 'checked' });
});

afterAll(async () => {
  await root?.close();
  await servers?.stop();
});

/** Makes the account anew with these grants. */
async function makeAccount(...statements: string[]): Promise<void> {
  await runAll(root, [
    'DROP USER IF EXISTS preflight',
    'DROP ROLE IF EXISTS outer_role, inner_role',
    `CREATE USER preflight IDENTIFIED BY '${account.password}'`,
    ...statements,
  ]);
}

/** Runs the check as the account. */
async function check(of = table): Promise<unknown> {
  const session = await openSession(server, account);
  try {
    const facts = await loadServerFacts(session);
    return await checkPrivileges.ask({
      ...{ session, facts, database: of.database },
      needsOwnDatabases: hasNamedChecks(of.createStatement),
      expectedDurationSeconds: 1,
    });
  } finally {
    await session.close();
  }
}

const scopeNames = {
  global: '*',
  performance_schema: 'performance_schema',
  database: 'my_shop',
  sidecar: '_switchyard',
  ownDatabases: '_sw_%',
};

function describePrivilege({ privilege, scope }: RequiredPrivilege): string {
  return `${privilege} on ${scopeNames[scope]}.*`;
}

function grantsOf(privileges: readonly RequiredPrivilege[], to = quoted): string[] {
  return privileges.map(({ privilege, scope }) => {
    const target = scope === 'global' ? '*' : `\`${scopeNames[scope].replaceAll('_', '\\_')}\``;
    return `GRANT ${privilege} ON ${target}.* TO ${to}`;
  });
}

/** The statements of the remedy, run as the administrator that it asks for. */
async function follow(remedy: string): Promise<void> {
  const statements = remedy.match(/GRANT [^;]*;/g) ?? [];
  expect(statements.length).toBeGreaterThan(0);
  await runAll(root, statements);
}

describe('the privileges of the account', () => {
  it('are all named where it has none, and are there once the remedy was followed', async () => {
    await makeAccount();
    const preflight = async (): Promise<unknown> => {
      const session = await openSession(server, account);
      return preflightOf(session, table).finally(() => session.close());
    };
    const failure = await failureOf(preflight());
    expect(failure.code).toBe('MISSING_PRIVILEGES');
    expect(failure.facts.missing).toEqual(requiredPrivileges.map(describePrivilege));
    await follow(failure.remedy);
    expect(await preflight()).toEqual([]);
  });

  it('are enough to set every variable of our sessions', async () => {
    await makeAccount(...grantsOf(requiredPrivileges));
    const settings = {
      statementSqlMode: '',
      dataSqlMode: 'NO_AUTO_VALUE_ON_ZERO',
      timeZone: 'SYSTEM',
      timestampSeconds: 1e9,
    };
    const { name, host, port } = server;
    for (const variables of [dataVariables(settings), { ...controlVariables, ...statementVariables(settings) }]) {
      const session = await Session.open({ name, host, port, ...account }, variables);
      await session.close();
    }
  });

  it.each(requiredPrivileges.map((required) => ({ title: describePrivilege(required), required })))(
    'are named when just one is missing: $title',
    async ({ required, title }) => {
      await makeAccount(...grantsOf(requiredPrivileges.filter((other) => other !== required)));
      const failure = await failureOf(check());
      expect(failure.facts.missing).toEqual([title]);
      expect(failure.message).toContain('preflight@%');
      await follow(failure.remedy);
      expect(await check()).toEqual([]);
    },
  );

  it('may come from roles that are active, one inside the other', async () => {
    await makeAccount(
      'CREATE ROLE outer_role, inner_role',
      ...grantsOf(requiredPrivileges, 'inner_role'),
      'GRANT inner_role TO outer_role',
      `GRANT outer_role TO ${quoted}`,
    );
    expect((await failureOf(check())).facts.missing).toHaveLength(requiredPrivileges.length);
    await root.run(`SET DEFAULT ROLE outer_role TO ${quoted}`);
    expect(await check()).toEqual([]);
  });

  it('may come from wildcards', async () => {
    const elsewhere = requiredPrivileges.filter(({ scope }) => scope !== 'database' && scope !== 'sidecar');
    await makeAccount(
      ...grantsOf(elsewhere),
      `GRANT ALL ON \`my_sh%\`.* TO ${quoted}`,
      `GRANT ALL ON _switchyard.* TO ${quoted}`,
    );
    expect(await check()).toEqual([]);
  });

  it('are not taken from a wide grant that a narrower one hides', async () => {
    const names = requiredPrivileges.filter(({ scope }) => scope === 'database').map(({ privilege }) => privilege);
    await makeAccount(
      ...grantsOf(requiredPrivileges.filter(({ scope }) => scope !== 'database')),
      `GRANT ALL ON \`my%\`.* TO ${quoted}`,
      `GRANT ${names.filter((name) => name !== 'TRIGGER' && name !== 'DELETE').join(', ')} ON \`my\\_shop\`.* TO ${quoted}`,
    );
    const failure = await failureOf(check());
    expect(failure.facts.missing).toEqual(['DELETE on my_shop.*', 'TRIGGER on my_shop.*']);
    await follow(failure.remedy);
    expect(await check()).toEqual([]);
  });

  it('are granted by the remedy all at once, since its narrower grant hides the wide one', async () => {
    const names = requiredPrivileges.filter(({ scope }) => scope === 'database').map(({ privilege }) => privilege);
    await makeAccount(
      ...grantsOf(requiredPrivileges.filter(({ scope }) => scope !== 'database')),
      `GRANT ${names.filter((name) => name !== 'DELETE').join(', ')} ON \`my%\`.* TO ${quoted}`,
    );
    const failure = await failureOf(check());
    expect(failure.facts.missing).toEqual(['DELETE on my_shop.*']);
    await follow(failure.remedy);
    expect(await check()).toEqual([]);
  });

  it('on the one table are not enough, since the shadow table is another one', async () => {
    await makeAccount(
      ...grantsOf(requiredPrivileges.filter(({ scope }) => scope !== 'database')),
      `GRANT ALL ON my_shop.orders TO ${quoted}`,
    );
    const failure = await failureOf(check());
    expect(failure.facts.missing).toEqual(
      requiredPrivileges.filter(({ scope }) => scope === 'database').map(describePrivilege),
    );
  });

  it('count as missing where they were revoked for the database', async () => {
    try {
      await root.run('SET GLOBAL partial_revokes = ON');
      await makeAccount(
        `GRANT ALL ON *.* TO ${quoted}`,
        `REVOKE INSERT, TRIGGER ON my_shop.* FROM ${quoted}`,
        `REVOKE SELECT ON performance_schema.* FROM ${quoted}`,
      );
      const failure = await failureOf(check());
      expect(failure.facts.missing).toEqual([
        'SELECT on performance_schema.*',
        'INSERT on my_shop.*',
        'TRIGGER on my_shop.*',
      ]);
      await follow(failure.remedy);
      expect(await check()).toEqual([]);
    } finally {
      await makeAccount();
      await root.run('SET GLOBAL partial_revokes = OFF');
    }
  });

  it.each(ownDatabasePrivileges.map((required) => ({ title: describePrivilege(required), required })))(
    'are named when just one is missing that only a table with named constraints needs: $title',
    async ({ required, title }) => {
      await makeAccount(
        ...grantsOf(requiredPrivileges),
        ...grantsOf(ownDatabasePrivileges.filter((other) => other !== required)),
      );
      const failure = await failureOf(check(checkedTable));
      expect(failure.facts.missing).toEqual([title]);
      await follow(failure.remedy);
      expect(await check(checkedTable)).toEqual([]);
    },
  );

  it('are not asked for databases of our own where the table needs none', async () => {
    await makeAccount(...grantsOf(requiredPrivileges));
    expect(await check()).toEqual([]);
    const failure = await failureOf(check(checkedTable));
    expect(failure.facts.missing).toEqual(ownDatabasePrivileges.map(describePrivilege));
  });

  it('are asked for on all databases where a grant cannot have a pattern', async () => {
    try {
      await root.run('SET GLOBAL partial_revokes = ON');
      const exact = requiredPrivileges.map(
        ({ privilege, scope }) => `GRANT ${privilege} ON ${scopeNames[scope]}.* TO ${quoted}`,
      );
      await makeAccount(...exact, ...grantsOf(ownDatabasePrivileges));
      const failure = await failureOf(check(checkedTable));
      expect(failure.facts.missing).toEqual(ownDatabasePrivileges.map(describePrivilege));
      await follow(failure.remedy);
      expect(await check(checkedTable)).toEqual([]);
    } finally {
      await makeAccount();
      await root.run('SET GLOBAL partial_revokes = OFF');
    }
  });

  it('are enough to make, fill, swap and drop tables in databases of our own', async () => {
    await makeAccount(...grantsOf([...requiredPrivileges, ...ownDatabasePrivileges]));
    await root.run('CREATE TABLE my_shop.swapped LIKE my_shop.checked');
    const { shadow, retained } = placeTables(checkedTable, '00000000aa');
    const session = await openSession(server, account);
    try {
      for (const owned of [shadow, retained]) await makeOwnDatabase(session, owned, 'my_shop');
      const [from, to] = [quoteTable(shadow), quoteTable(retained)];
      await runAll(session, [
        `CREATE TABLE ${from} (id BIGINT PRIMARY KEY, marker INT)`,
        `INSERT INTO ${from} (id) SELECT id FROM my_shop.swapped`,
        `DELETE FROM ${from} WHERE id = 1`,
        `LOCK TABLES my_shop.swapped WRITE, ${from} WRITE`,
        `ALTER TABLE ${from} DROP COLUMN marker`,
        `RENAME TABLE my_shop.swapped TO ${to}, ${from} TO my_shop.swapped`,
        'UNLOCK TABLES',
        `DROP TABLE ${to}, my_shop.swapped`,
      ]);
      for (const owned of [shadow, retained]) await dropOwnDatabase(session, owned);
      expect(await root.rows("SHOW DATABASES LIKE '\\_sw\\_%'")).toEqual([]);
    } finally {
      await session.close();
    }
  });

  it('are found out without a trace in the binlog, and without waiting for a table that is locked', async () => {
    await makeAccount(...grantsOf([...requiredPrivileges, ...ownDatabasePrivileges]));
    const before = await root.row('SELECT @@GLOBAL.gtid_executed AS gtids');
    const writer = await openSession(server, server.root);
    await runAll(writer, ['LOCK TABLES my_shop.orders WRITE, my_shop.checked WRITE']);
    const startedAt = performance.now();
    expect(await check(checkedTable)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await writer.close();
    expect(await root.row('SELECT @@GLOBAL.gtid_executed AS gtids')).toEqual(before);
  });

  it('are found out soon while a backup keeps all DDL waiting', async () => {
    const lacks = requiredPrivileges.find(({ scope, privilege }) => scope === 'sidecar' && privilege === 'DROP');
    await makeAccount(...grantsOf([...requiredPrivileges, ...ownDatabasePrivileges].filter((one) => one !== lacks)));
    const backup = await openSession(server, server.root);
    await runAll(backup, ['LOCK INSTANCE FOR BACKUP']);
    const startedAt = performance.now();
    const { facts } = await failureOf(check(checkedTable));
    // Eight of those that are there wait; each of them waited for a second.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(facts.missing).toEqual(['DROP on _switchyard.*']);
    await backup.close();
  });
});
