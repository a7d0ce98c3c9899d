import { describe, expect, it } from 'vitest';
import { displayKey, keyIn, keyLiteral, keyRange } from '../../../../src/mysql/table/rows/key-sql.js';
import type { KeyColumn } from '../../../../src/schema/iteration-key.js';

function column(name: string, kind: KeyColumn['kind'], charset: string | null = null): KeyColumn {
  return {
    ...{ name, kind, charset, ordinal: 0, unsigned: false, paddedLength: null, collation: null },
    ...{ columnType: '', dataType: '', descending: false },
  };
}

const id = column('id', 'integer');
const name = column('na`me', 'bytes', 'utf8mb4');

describe('keys in SQL', () => {
  it('are literals that carry their character set', () => {
    expect(keyLiteral(id, '-18446744073709551615')).toBe('-18446744073709551615');
    expect(keyLiteral(name, 'F09F9B92')).toBe("_utf8mb4 x'F09F9B92'");
    expect(keyLiteral(column('b', 'bytes'), '00FF')).toBe("x'00FF'");
    expect(keyLiteral(column('t', 'time'), '-838:59:59.000001')).toBe("'-838:59:59.000001'");
  });

  it.each([
    [id, '1 OR 1=1'],
    [id, ''],
    [name, "41' OR '1"],
    [column('d', 'datetime'), "2026-01-01 00:00:00'"],
    [column('e', 'enum'), '-1'],
  ])('are refused where they are not what their kind looks like: %j %s', (of, value) => {
    expect(() => keyLiteral(of, value)).toThrow(`Key column ${of.name} of a row has a value that is no ${of.kind}, so`);
  });

  it('become lists, of one column and of several', () => {
    expect(keyIn([id], ['id'], [['1'], ['2']])).toBe('`id` IN (1, 2)');
    expect(keyIn([id, name], ['id', 'x'], [['1', '41']], { database: 'd', table: 't' })).toBe(
      "((`d`.`t`.`id` = 1 AND `d`.`t`.`x` = _utf8mb4 x'41'))",
    );
  });

  it('become ranges that the optimiser can use', () => {
    expect(keyRange([id], ['1'], ['5'])).toBe('`id` > 1 AND `id` <= 5');
    expect(keyRange([id], null, null)).toBe('TRUE');
    const second = column('b', 'integer');
    expect(keyRange([id, second], ['1', '2'], null)).toBe('`id` >= 1 AND (`id` > 1 OR (`id` = 1 AND `b` > 2))');
    expect(keyRange([id, second], null, ['3', '4'])).toBe('`id` <= 3 AND (`id` < 3 OR (`id` = 3 AND `b` <= 4))');
  });

  it('are shown to people as text where they are text', () => {
    expect(displayKey([id, name], ['5', 'C3A9'])).toBe("id=5, na`me='é'");
    expect(displayKey([name], ['FF00'])).toBe("na`me=x'FF00'");
  });
});
