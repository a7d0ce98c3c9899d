import { describe, expect, it } from 'vitest';
import { parseAlter } from '../../src/schema/alter-statement.js';
import { retargetAlter, retargetCreate, copyConstraintNames } from '../../src/schema/rewrite.js';
import { checked, everything } from './show-create.js';

const shadow = '`apart`.`_sw_0123456789_new`';

describe('retargetAlter', () => {
  it.each([
    ['ALTER TABLE orders ADD orders INT', `ALTER TABLE ${shadow} ADD orders INT`],
    [
      'alter table `shop` . /* orders */ `orders` -- orders\n DROP orders ; ;',
      `alter table ${shadow} -- orders\n DROP orders  `,
    ],
    ["ALTER TABLE shop.orders COMMENT 'orders; orders';", `ALTER TABLE ${shadow} COMMENT 'orders; orders'`],
    ['/*!50000 ALTER TABLE orders FORCE */;', `/*!50000 ALTER TABLE ${shadow} FORCE */`],
  ])('changes nothing but the table of %s', (sql, expected) => {
    expect(retargetAlter(parseAlter(sql, { database: 'shop', ansiQuotes: false }), shadow)).toBe(expected);
  });

  it('gives CHECK constraints the names that they have on the shadow, in whatever clause', () => {
    const names = copyConstraintNames(checked, '_sw_0123456789_new');
    const sql =
      'ALTER TABLE Chk DROP CHECK `chk_chk_1`, DROP CONSTRAINT Chk_chk_2, ALTER CHECK Chk_chk_x ENFORCED, ' +
      'ADD CONSTRAINT Chk_chk_2 CHECK (a > 1), ADD c INT CONSTRAINT Chk_chk_1 CHECK (c > 0), DROP CHECK c2, DROP INDEX Chk_chk_1';
    expect(retargetAlter(parseAlter(sql, { database: 'shop', ansiQuotes: false }), shadow, names)).toBe(
      `ALTER TABLE ${shadow} DROP CHECK \`_sw_0123456789_new_chk_1\`, DROP CONSTRAINT \`_sw_0123456789_new_chk_2\`, ` +
        'ALTER CHECK `_sw_0123456789_new_chk_x` ENFORCED, ' +
        'ADD CONSTRAINT `_sw_0123456789_new_chk_2` CHECK (a > 1), ' +
        'ADD c INT CONSTRAINT `_sw_0123456789_new_chk_1` CHECK (c > 0), DROP CHECK c2, DROP INDEX Chk_chk_1',
    );
  });
});

describe('retargetCreate', () => {
  it('changes the name of the table and of the constraints that are named after it', () => {
    const names = copyConstraintNames(checked, '_sw_0123456789_new');
    expect(retargetCreate(checked, shadow, names)).toBe(
      checked.replace('`Chk`', shadow).replaceAll('`Chk_chk_', '`_sw_0123456789_new_chk_'),
    );
  });

  it('replaces any names that it is given, wherever they stand', () => {
    const names = new Map([
      ['chk_chk_1', 'first'],
      ['chk_chk_7', 'se`cond'],
    ]);
    expect(retargetCreate(checked, shadow, names)).toBe(
      checked.replace('`Chk`', shadow).replace('`Chk_chk_1`', '`first`').replace('`CHK_CHK_7`', '`se``cond`'),
    );
  });

  it('leaves everything else as it is', () => {
    expect(retargetCreate(everything, shadow)).toBe(everything.replace('`we``ird %s, (x)`', shadow));
  });
});
