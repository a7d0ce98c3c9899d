/** Plans are kept under the names that they had first: workers of another version read the same rows of the sidecar. */
import { expect, it } from 'vitest';
import { planFrom, planText } from '../../../../src/mysql/table/rows/stored-plan.js';

const table = { operationId: '00000000aa', copy: { table: 't' }, copyKey: ['id'], copyKeyIndex: 'PRIMARY', pairs: [] };
const stored = {
  operationId: '00000000aa',
  shadow: { table: 't' },
  shadowKey: ['id'],
  shadowKeyIndex: 'PRIMARY',
  pairs: [],
};

it.each([
  ['a migration', { ...table, statement: 'ALTER TABLE t FORCE' }, { ...stored, statement: 'ALTER TABLE t FORCE' }],
  ['a move', { tables: [table, table], name: 'copy' }, { tables: [stored, stored], name: 'copy' }],
])('the plan of %s', (_kind, plan, kept) => {
  expect(JSON.parse(planText(plan))).toEqual(kept);
  expect(planFrom(JSON.stringify(kept))).toEqual(plan);
});
