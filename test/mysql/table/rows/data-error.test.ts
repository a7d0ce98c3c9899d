import { expect, it } from 'vitest';
import { toFailure } from '../../../../src/activities/operation/failure.js';
import { dataError, RowWarning } from '../../../../src/mysql/table/rows/data-error.js';

const plan = {
  copy: { database: 'd', table: '_sw_0123456789_new' },
  key: { columns: [] },
} as unknown as Parameters<typeof dataError>[1];
/** A value that looks like the end of the server's sentences. */
const value = "x' for column 'secret' at row 1 in value for column 'secret'. index 'secret' column 'secret'";

// As 9.7.4 says them.
it.each([
  [1048, `Column 'a' cannot be null`, 'a'],
  [1364, `Field 'it''s' doesn't have a default value`, "it''s"],
  [3819, `Check constraint 'a.b' is violated.`, 'a.b'],
  [3819, `Check constraint '_sw_0123456789_new.c' is violated.`, 'c'],
  [1406, `Data too long for column 'for column 'b'' at row 1`, "for column 'b'"],
  [1264, `Out of range value for column 'c' at row 7`, 'c'],
  [3643, `The SRID of the geometry does not match the SRID of the column 'g'. The SRID of the geometry is 1.`, 'g'],
  [1366, `Incorrect integer value: '${value}' for column 'c' at row 1`, 'c'],
  [1292, `Incorrect datetime value: '${value}' for column 'c' at row 12`, 'c'],
  [3140, `Invalid JSON text: "${value}" at position 1 in value for column '_sw_0123456789_new.j'.`, 'j'],
  [3752, `Value is out of range for functional index 'mv' at row 1`, 'of index mv'],
  [3907, `Data too long for functional index 'index 'f''`, "of index index 'f'"],
  [1062, `Duplicate entry '${value}' for key '_sw_0123456789_new.u.v'`, 'of unique key u.v'],
  [1292, `Truncated incorrect DOUBLE value: '${value}'`, '(not named by the server)'],
  [1525, `Incorrect DATE value: '${value}'`, '(not named by the server)'],
  [1411, `Incorrect datetime value: '${value}' for function str_to_date`, '(not named by the server)'],
  [3854, `Cannot convert string '${value}' from utf8mb4 to latin1`, '(not named by the server)'],
  [1690, `BIGINT UNSIGNED value is out of range in '(\`d\`.\`t\`.\`n\` - 1)'`, '(not named by the server)'],
])('%s names what is refused, and nothing of a value: %s', (errno, message, column) => {
  const error = dataError(Object.assign(new Error(message), { errno }), plan, []);
  expect(error.facts['column']).toBe(column);
  expect(JSON.stringify([error.message, error.facts])).not.toContain('secret');
});

it('a warning names what is refused, and quotes nothing, wherever it ends', () => {
  const message = "Incorrect integer value: 'secret' for column 'c' at row 1";
  const warning = new RowWarning({ code: 1366, message });
  expect(dataError(warning, plan, []).facts).toMatchObject({ column: 'c', errno: 1366 });
  const told = JSON.stringify(toFailure(warning, 'commerce').message);
  expect(told).toContain('RowWarning: warning 1366 of MySQL');
  expect(told).not.toContain('secret');
});
