/** A database of a test's own, pairs of tables in it, and verifiers for them. */
import { inject } from 'vitest';
import { SwitchyardError } from '../../../../src/errors/switchyard-error.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { dataVariables } from '../../../../src/mysql/server/session/variables.js';
import type { MigrationPlan } from '../../../../src/mysql/migration/migration-plan.js';
import { Verifier, type VerifierOptions, type VerifyResult } from '../../../../src/mysql/table/verify/verifier.js';
import { conversionOf, planFor, type PlanFor } from './plan-for.js';
import { usedOnce } from './used-once.js';

/** As many bytes for a row as make chunks of seven rows. */
const sevenRowChunks = 16 * 1024 * 1024 * 0.14;

let serial = 0;

export class VerifyTables {
  readonly database: string;
  /** A session that may do everything, with the database as its default. */
  readonly root: Session;
  /** Every session that a verifier opened. */
  readonly opened: Session[] = [];

  private constructor(database: string, root: Session) {
    this.database = database;
    this.root = root;
  }

  static async create(): Promise<VerifyTables> {
    serial += 1;
    const tables = new VerifyTables(`verify_${process.pid}_${serial}`, await openAs('root'));
    await tables.root.run(`CREATE DATABASE ${tables.database} CHARACTER SET utf8mb4`);
    await tables.root.run(`USE ${tables.database}`);
    await tables.root.run('SET SESSION cte_max_recursion_depth = 1000000');
    return tables;
  }

  async drop(): Promise<void> {
    await this.root.run(`DROP DATABASE ${this.database}`);
    await this.root.close();
  }

  readonly openSession = async (): Promise<Session> => {
    const session = await openAs('switchyard');
    this.opened.push(session);
    return session;
  };

  /** A plan from `name` to `name_new`, with small chunks unless told otherwise. */
  plan(name: string, options: Partial<PlanFor> = {}): Promise<MigrationPlan> {
    const { database } = this;
    return planFor(this.root, {
      source: { database, table: name },
      copy: { database, table: `${name}_new` },
      averageRowBytes: sevenRowChunks,
      ...options,
    });
  }

  verify(plan: MigrationPlan, options: Partial<VerifierOptions> = {}): Promise<VerifyResult> {
    return new Verifier({
      plan,
      withSessions: usedOnce(this.openSession),
      catchUp: () => Promise.resolve(),
      keep: () => Promise.resolve(),
      onProgress: () => undefined,
      signal: new AbortController().signal,
      ...options,
    }).run();
  }

  /** A source and an equal shadow, rows 1 to `rows` with a value each. */
  async makePair(name: string, rows: number): Promise<void> {
    await this.root.run(`CREATE TABLE ${name} (id INT PRIMARY KEY, v VARCHAR(100) NOT NULL)`);
    await this.root.run(
      `INSERT INTO ${name} (id, v) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
       SELECT i, CONCAT('value ', i) FROM n`,
    );
    await this.root.run(`CREATE TABLE ${name}_new LIKE ${name}`);
    await this.root.run(`INSERT INTO ${name}_new SELECT * FROM ${name}`);
  }
}

export function openAs(account: 'root' | 'switchyard'): Promise<Session> {
  return Session.open(inject('stack').commerce[account], dataVariables(conversionOf()));
}

/** The error of the catalogue with which a verification fails. */
export async function failureOf(run: Promise<VerifyResult>): Promise<SwitchyardError> {
  const outcome = await run.catch((error: unknown) => error);
  if (outcome instanceof SwitchyardError) return outcome;
  throw new Error(`no SwitchyardError but ${JSON.stringify(outcome)} ${String(outcome)}`);
}
