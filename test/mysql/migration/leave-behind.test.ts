/**
 * A cancelled migration ends whatever somebody has done to its tables, and drops nothing that is not certainly its own
 * (P4, P10). That an attempt had its lock is recorded before the RENAME; without it nothing can have been swapped.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../../src/errors/switchyard-error.js';
import { resolveCutOver } from '../../../src/mysql/migration/resolve-cut-over.js';
import type { Session } from '../../../src/mysql/server/session/session.js';
import { removeMigration } from '../../../src/mysql/migration/clean-up.js';
import type { MigrationPlan } from '../../../src/mysql/migration/migration-plan.js';
import { Stage } from '../../faults/rules/stage.js';
import { DataPlane } from '../../support/data-plane.js';

let stage: Stage;
let root: Session;
beforeEach(async () => {
  stage = await Stage.open();
  root = await stage.session();
});
afterEach(() => stage.close());

/** What somebody has done; `s` and `r` are the shadow and the retained table. */
interface Picture {
  readonly title: string;
  readonly done: (s: string, r: string) => readonly string[];
  /** What is found out, and which tables there are after a cancel, where no attempt has had its lock … */
  readonly never: readonly [outcome: string, tables: readonly string[]];
  /** … and where one had, and was lost. */
  readonly perhaps: readonly [outcome: string, tables: readonly string[]];
}

const pictures: readonly Picture[] = [
  {
    title: 'nothing',
    done: () => [],
    never: ['notSwapped', ['t']],
    perhaps: ['notSwapped', ['t']],
  },
  {
    title: 'the shadow dropped',
    done: (s) => [`DROP TABLE ${s}`],
    never: ['notSwapped', ['t']],
    perhaps: ['OUTCOME_UNCLEAR', ['t']],
  },
  {
    title: 'the shadow renamed',
    done: (s) => [`RENAME TABLE ${s} TO taken`],
    never: ['notSwapped', ['t', 'taken']],
    perhaps: ['OUTCOME_UNCLEAR', ['t', 'taken']],
  },
  {
    title: 'a retained table made by somebody',
    done: (_s, r) => [`CREATE TABLE ${r} (theirs INT)`],
    never: ['notSwapped', ['t', 'retained']],
    perhaps: ['OUTCOME_UNCLEAR', ['t', 'shadow', 'retained']],
  },
  {
    title: 'a retained table made and the shadow dropped',
    done: (s, r) => [`CREATE TABLE ${r} (theirs INT)`, `DROP TABLE ${s}`],
    never: ['notSwapped', ['t', 'retained']],
    // As a swap leaves them.
    perhaps: ['swapped', ['t', 'retained']],
  },
  {
    title: 'the source renamed',
    done: () => ['RENAME TABLE t TO taken'],
    never: ['notSwapped', ['taken']],
    perhaps: ['OUTCOME_UNCLEAR', ['taken', 'shadow']],
  },
];

async function tables(plan: MigrationPlan): Promise<readonly string[]> {
  const names = new Map([
    [plan.copy.table, 'shadow'],
    [plan.retained.table, 'retained'],
  ]);
  const rows = await root.rows<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
    [stage.database],
  );
  return rows.map(({ name }) => names.get(name) ?? name).sort();
}

/** An attempt that was lost under its lock. */
function loseAttempt(): Promise<unknown> {
  return root.run(
    `INSERT INTO _switchyard.cut_overs (operation_id, attempt, session_id, started_at, locked_at)
     VALUES (?, 1, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
    [stage.operationId],
  );
}

async function resolved(): Promise<string> {
  const { cluster, operationId } = stage;
  return resolveCutOver({ cluster, operationId, token: stage.nextToken() }).then(
    ({ outcome }) => outcome,
    (error: unknown) => (error instanceof SwitchyardError ? error.code : String(error)),
  );
}

describe.each(['never', 'perhaps'] as const)('a cancelled migration that has %s swapped', (swap) => {
  it.each(pictures)('ends after $title', async ({ done, [swap]: [outcome, left] }) => {
    const plan = await stage.prepare();
    for (const statement of done(plan.copy.table, plan.retained.table)) await root.run(statement);
    if (swap === 'perhaps') await loseAttempt();
    expect(await resolved()).toBe(outcome);
    const behind = await removeMigration(stage.cluster, stage.operationId, 'cancelled');
    expect(await tables(plan)).toEqual([...left].sort());
    if (outcome === 'swapped') return;
    // Every table of ours that is there is named, and one that is gone.
    const own = left.filter((name) => name === 'shadow' || name === 'retained');
    expect(behind.filter((sentence) => sentence.includes('is left'))).toHaveLength(own.length);
    const isGone = done('s', 'r').some((statement) => / TABLE s( |$)/.test(statement));
    expect(behind.filter((sentence) => sentence.includes('is gone'))).toHaveLength(isGone ? 1 : 0);
    const records = await root.rows(
      `SELECT operation_id FROM _switchyard.table_locks WHERE operation_id = ?
       UNION ALL SELECT operation_id FROM _switchyard.owned_tables WHERE operation_id = ?`,
      [stage.operationId, stage.operationId],
    );
    expect(records).toEqual([]);
    if (!left.includes('t')) return;
    const next = new DataPlane(stage.cluster);
    await next.prepare(stage.database, 'ALTER TABLE t ADD COLUMN next INT');
    await next.remove();
  });
});
