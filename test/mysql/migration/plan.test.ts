/** What is planned is what a server and the preparation say, and nothing of it stays on the server (P4). */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StatementPlan } from '../../../src/domain/statement-plan.js';
import { planStatements } from '../../../src/mysql/migration/plan/plan-statements.js';
import { reconcile } from '../../../src/mysql/reconcile/reconcile.js';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../src/mysql/server/session/variables.js';
import { fencingToken } from '../../../src/mysql/server/sidecar/epoch.js';
import { uniqueName } from '../../support/migration-test.js';

const database = uniqueName('plan');
const ids = new Set<string>();
let root: Session;
beforeAll(async () => {
  root = await Session.open(inject('stack').commerce.root, controlVariables);
  await root.run(`CREATE DATABASE ${database}`);
  await root.run(
    `CREATE TABLE ${database}.t (id INT NOT NULL PRIMARY KEY, v VARCHAR(50) NULL, n INT NOT NULL, KEY n (n))`,
  );
  await root.run(
    `CREATE TABLE ${database}.c (id INT NOT NULL PRIMARY KEY, n INT, CONSTRAINT ${database} CHECK (n > 0))`,
  );
  await root.run(`CREATE TABLE ${database}.keyless (n INT)`);
});
afterAll(async () => {
  await root.run(`DROP DATABASE ${database}`);
  await root.close();
});

interface Asked {
  readonly cluster?: ClusterSettings;
  readonly operationId?: string;
  readonly attempt?: number;
}

function planned(statements: readonly string[], { cluster, operationId, attempt = 1 }: Asked = {}) {
  const id = operationId ?? randomBytes(5).toString('hex');
  ids.add(id);
  return planStatements({
    ...{ cluster: cluster ?? inject('stack').commerce.switchyard, operationId: id, token: fencingToken(1, attempt) },
    owner: { workflowId: `plan ${id}`, runId: id, namespace: null, temporalCluster: null },
    ...{ database, statements, terms: { lockTimeoutMs: 1_000, retainForMs: 86_400_000 } },
  });
}

/** Tables, databases and records of ours, of all that was planned here. */
async function left(): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const id of ids) {
    const ours = `\\_sw\\_${id}%`;
    const rows = await root.rows(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_name LIKE ?
        UNION ALL SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE ?
        UNION ALL SELECT operation_id FROM _switchyard.operations WHERE operation_id = ?`,
      [ours, ours, id],
    );
    found.push(...rows);
  }
  return found;
}

function algorithmsOf({ algorithms }: StatementPlan): readonly string[] {
  return algorithms.map(({ algorithm, possible }) => `${algorithm} ${possible ? 'yes' : 'no'}`);
}

describe('A plan', () => {
  it('says what the server could do, and what is lost, and leaves nothing', async () => {
    const [instant, inplace, copy, checks, ...others] = await planned([
      'ALTER TABLE t ADD COLUMN a INT -- at the end\n',
      `ALTER TABLE t ADD KEY a (a), ADD KEY v (v)`,
      'ALTER TABLE t MODIFY a BIGINT, DROP KEY n;',
      'ALTER TABLE c DROP COLUMN n, DROP CHECK `' + database + '`',
    ]);
    expect(others).toEqual([]);
    expect(instant).toMatchObject({ table: 't', plannedOn: null, does: 'copy', refused: null, losses: [] });
    expect(instant && algorithmsOf(instant)).toEqual(['instant yes']);
    expect(inplace).toMatchObject({ plannedOn: 1, losses: [], warnings: [] });
    expect(inplace && algorithmsOf(inplace)).toEqual(['instant no', 'inplace yes']);
    expect(inplace?.algorithms[0]?.why).toMatch(/^ALGORITHM=INSTANT is not supported/);
    expect(inplace?.algorithms[1]?.why).toContain('rebuilds no row');
    expect(copy).toMatchObject({ plannedOn: 2, losses: [{ code: 'INDEX_DROPPED', name: 'n' }] });
    expect(copy && algorithmsOf(copy)).toEqual(['instant no', 'inplace no', 'copy yes']);
    expect(copy?.algorithms[1]?.why).toContain('Cannot change column type INPLACE');
    expect(copy?.size).toMatchObject({ rows: 0 });
    expect(copy?.duration?.bytesPerSecond).toBeGreaterThan(0);
    expect(checks?.losses.map(({ code }) => code)).toEqual(['COLUMN_DROPPED', 'CHECK_DROPPED']);
    expect(checks?.algorithms.at(-1)).toMatchObject({ possible: true });
    expect(await left()).toEqual([]);
  });

  it('says of a statement that is refused what its migration would say, and goes on', async () => {
    const plans = await planned([
      'ALTER TABLE nothing ADD COLUMN a INT',
      'ALTER TABLE t DROP COLUMN nothing',
      'ALTER TABLE t ADD COLUMN a INT, ALGORITHM=INSTANT',
      'ALTER TABLE keyless ADD COLUMN a INT',
      'TRUNCATE t',
      'ALTER TABLE c ADD COLUMN a INT',
      'ALTER TABLE c ADD COLUMN b INT',
    ]);
    expect(plans.map(({ refused }) => refused?.code ?? null)).toEqual([
      ...['UNKNOWN_TABLE', 'STATEMENT_REFUSED', 'CLAUSE_ALGORITHM', 'NO_USABLE_KEY', 'NOT_ONE_ALTER', null, null],
    ]);
    expect(plans[1]).toMatchObject({ table: 't', does: null, size: null });
    expect(plans[1]?.refused?.message).toContain("Can't DROP 'nothing'");
    expect(plans[6]?.warnings.join()).toContain('Statement 6 is about the same table');
    expect(await left()).toEqual([]);
  });

  it('that is killed leaves what the next try removes, and reconcile', async () => {
    const { switchyard } = inject('stack').commerce;
    const operationId = randomBytes(5).toString('hex');
    const before = (sql: string): void => {
      if (sql.includes('ALGORITHM=INSTANT')) throw new Error('killed');
    };
    const cluster = { ...switchyard, observer: { before, after: () => undefined } };
    const statements = ['ALTER TABLE c ADD COLUMN a INT', 'ALTER TABLE t ADD COLUMN a INT'];
    await expect(planned(statements, { cluster, operationId })).rejects.toThrow('killed');
    expect(await left()).not.toEqual([]);
    await planned(statements, { operationId, attempt: 2 });
    expect(await left()).toEqual([]);
    await expect(planned(statements, { cluster, operationId, attempt: 3 })).rejects.toThrow('killed');
    const residuals = await reconcile({
      ...{ cluster: switchyard, find: () => undefined, operationId, by: 'test', dryRun: false },
      askOwner: () => Promise.resolve('gone'),
      cleanups: { isOpen: () => Promise.resolve(false), start: () => Promise.resolve() },
    });
    expect(residuals).toMatchObject([{ operationId, outcome: 'removed' }]);
    await root.run('DELETE FROM _switchyard.operations WHERE operation_id = ?', [operationId]);
    expect(await left()).toEqual([]);
  });
});
