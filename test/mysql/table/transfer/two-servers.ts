/** Tables with the same definition on two servers, rows moved between them, and what the servers say of the result. */
import { inject } from 'vitest';
import { loadTable } from '../../../../src/mysql/server/introspect/load-table.js';
import type { ClusterSettings } from '../../../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { transferSourceVariables, transferTargetVariables } from '../../../../src/mysql/server/session/variables.js';
import { transferRows } from '../../../../src/mysql/table/transfer/transfer-rows.js';
import type { TransferMethod, TransferTable } from '../../../../src/mysql/table/transfer/transfer-sql.js';
import { chooseIterationKey } from '../../../../src/schema/iteration-key.js';
import { startOwnMysql, type OwnMysql } from '../../../support/own-mysql.js';

let serial = 0;

/** Writes test data: anything that a column can hold. */
const lenient = "SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'";

export interface TwoServersOptions {
  readonly targetArgs?: readonly string[];
  /** A source of the test's own with these arguments, where the shared one does not do. */
  readonly sourceArgs?: readonly string[];
}

export class TwoServers {
  readonly database: string;
  /** Rows are read from `source` and written by `target`; the database is the default of both. */
  source: Session;
  target: Session;
  readonly sourceCluster: ClusterSettings;
  readonly targetCluster: ClusterSettings;
  readonly #own: readonly OwnMysql[];

  private constructor(
    clusters: readonly [ClusterSettings, ClusterSettings],
    own: readonly OwnMysql[],
    sessions: readonly [Session, Session],
  ) {
    serial += 1;
    this.database = `transfer_${process.pid}_${serial}`;
    [this.sourceCluster, this.targetCluster] = clusters;
    [this.source, this.target] = sessions;
    this.#own = own;
  }

  static async start({ targetArgs = ['--local-infile=ON'], sourceArgs }: TwoServersOptions = {}): Promise<TwoServers> {
    const own = await Promise.all(
      [targetArgs, ...(sourceArgs === undefined ? [] : [sourceArgs])].map((extraArgs) => startOwnMysql(extraArgs)),
    );
    const sourceCluster = own[1]?.cluster.root ?? inject('stack').commerce.root;
    const targetCluster = { ...(own[0]?.cluster.root ?? sourceCluster), name: 'customer' };
    const servers = new TwoServers([sourceCluster, targetCluster], own, [
      await Session.open(sourceCluster, transferSourceVariables),
      await Session.open(targetCluster, transferTargetVariables),
    ]);
    for (const session of [servers.source, servers.target]) {
      await session.run(`CREATE DATABASE ${servers.database} CHARACTER SET utf8mb4`);
      await session.run(`USE ${servers.database}`);
    }
    return servers;
  }

  async stop(): Promise<void> {
    await this.reopen();
    await this.source.run(`DROP DATABASE ${this.database}`);
    await this.source.close();
    await this.target.close();
    await Promise.all(this.#own.map((own) => own.stop()));
  }

  /** Opens sessions anew that were killed. */
  async reopen(): Promise<void> {
    if (this.source.closed) {
      this.source = await Session.open(this.sourceCluster, transferSourceVariables);
      await this.source.run(`USE ${this.database}`);
    }
    if (this.target.closed) {
      this.target = await Session.open(this.targetCluster, transferTargetVariables);
      await this.target.run(`USE ${this.database}`);
    }
  }

  /** Makes the table on both sides, and runs statements that fill it on the source. */
  async make(name: string, definition: string, ...fill: readonly string[]): Promise<TransferTable> {
    for (const session of [this.source, this.target]) await session.run(`CREATE TABLE ${name} (${definition})`);
    await this.fill(...fill);
    return this.table(name);
  }

  async fill(...statements: readonly string[]): Promise<void> {
    const session = await Session.open(this.sourceCluster, transferTargetVariables);
    await session.run(`USE ${this.database}`);
    await session.run(`${lenient}, SESSION cte_max_recursion_depth = 1000000`);
    for (const statement of statements) await session.run(statement);
    await session.close();
  }

  async table(name: string): Promise<TransferTable> {
    const { database } = this;
    const model = await loadTable(this.source, { database, table: name });
    const key = chooseIterationKey(model);
    const both = { database, table: name };
    return {
      source: both,
      target: both,
      indexName: key.indexName,
      keyColumns: key.columns,
      columns: model.columns,
      computes: model.columns.some(({ generated }) => generated !== 'none'),
      json: 'exact',
    };
  }

  /** One transaction. */
  async move(table: TransferTable, method: TransferMethod, where = 'TRUE'): Promise<number> {
    const { source, target } = this;
    await target.run('START TRANSACTION');
    try {
      const rows = await transferRows({ source, target }, table, where, method);
      await target.run('COMMIT');
      return rows;
    } catch (error) {
      await target.run('ROLLBACK').catch(() => target.destroy());
      throw error;
    }
  }

  async countOnTarget(name: string): Promise<number> {
    const { n } = await this.target.row<{ n: number }>(`SELECT COUNT(*) AS n FROM ${name}`);
    return Number(n);
  }

  /** What the servers themselves compute of all bytes of all rows. */
  async checksums(name: string): Promise<readonly [string, string]> {
    const of = async (session: Session): Promise<string> =>
      String((await session.row<{ Checksum: unknown }>(`CHECKSUM TABLE ${name} EXTENDED`)).Checksum);
    return [await of(this.source), await of(this.target)];
  }

  /** All rows, each value in hex, read by an expression per column: `?` stands for the column. */
  async contents(table: TransferTable, expression = 'HEX(?)'): Promise<readonly [unknown, unknown]> {
    const list = table.columns.map(({ name }) => expression.replaceAll('?', `\`${name}\``));
    const order = table.keyColumns.map(({ name }) => `\`${name}\``).join(', ');
    const of = (session: Session): Promise<unknown> =>
      session.rows(`SELECT ${list.join(', ')} FROM \`${table.source.table}\` ORDER BY ${order}`);
    return this.both(of);
  }

  /** Asks both servers, each in a session with ordinary settings. */
  async both<Result>(ask: (session: Session) => Promise<Result>): Promise<readonly [Result, Result]> {
    const answers: Result[] = [];
    for (const cluster of [this.sourceCluster, this.targetCluster]) {
      const session = await Session.open(cluster, transferTargetVariables);
      await session.run(`USE ${this.database}`);
      answers.push(await ask(session).finally(() => session.close()));
    }
    return answers as unknown as readonly [Result, Result];
  }
}
