import { describe, expect, it } from 'vitest';
import { parseGrants, surelyHolds, type PrivilegeQuestion } from '../../../src/mysql/preflight/grants.js';

const question: PrivilegeQuestion = {
  privilege: 'TRIGGER',
  database: 'my_shop',
  known: ['SELECT'],
  literalPatterns: false,
  caseSensitive: true,
};
const to = 'TO `sw`@`%`';

interface Case {
  readonly title: string;
  readonly lines: readonly string[];
  readonly holds: boolean;
  readonly change?: Partial<PrivilegeQuestion>;
}

const cases: readonly Case[] = [
  { title: 'nothing at all', lines: [`GRANT USAGE ON *.* ${to}`], holds: false },
  { title: 'a global privilege', lines: [`GRANT SELECT, TRIGGER ON *.* ${to}`], holds: true },
  { title: 'everything, globally', lines: [`GRANT ALL PRIVILEGES ON *.* ${to} WITH GRANT OPTION`], holds: true },
  { title: 'everything on the database', lines: [`GRANT ALL PRIVILEGES ON \`my\\_shop\`.* ${to}`], holds: true },
  { title: 'an underscore as a wildcard', lines: [`GRANT SELECT, TRIGGER ON \`my_shop\`.* ${to}`], holds: true },
  {
    title: 'an underscore that matches a letter',
    lines: [`GRANT SELECT, TRIGGER ON \`my__hop\`.* ${to}`],
    holds: true,
  },
  { title: 'an escaped underscore', lines: [`GRANT SELECT, TRIGGER ON \`my\\__hop\`.* ${to}`], holds: true },
  {
    title: 'an escaped underscore elsewhere',
    lines: [`GRANT SELECT, TRIGGER ON \`m\\_\\_shop\`.* ${to}`],
    holds: false,
  },
  { title: 'a percent sign', lines: [`GRANT SELECT, TRIGGER ON \`my%\`.* ${to}`], holds: true },
  { title: 'a percent sign for nothing', lines: [`GRANT SELECT, TRIGGER ON \`my_shop%\`.* ${to}`], holds: true },
  { title: 'a pattern in the middle of the name', lines: [`GRANT SELECT, TRIGGER ON \`y_sho\`.* ${to}`], holds: false },
  { title: 'a dot, which is no wildcard', lines: [`GRANT SELECT, TRIGGER ON \`my.shop\`.* ${to}`], holds: false },
  {
    title: 'a wildcard where patterns are literal',
    lines: [`GRANT SELECT, TRIGGER ON \`my%\`.* ${to}`],
    holds: false,
    change: { literalPatterns: true },
  },
  {
    title: 'the very name where patterns are literal',
    lines: [`GRANT SELECT, TRIGGER ON \`my_shop\`.* ${to}`],
    holds: true,
    change: { literalPatterns: true },
  },
  { title: 'a single table', lines: [`GRANT SELECT, TRIGGER ON \`my_shop\`.\`orders\` ${to}`], holds: false },
  { title: 'columns', lines: [`GRANT SELECT (\`TRIGGER ON *.* TO \`), TRIGGER ON \`a\`.\`b\` ${to}`], holds: false },
  { title: 'a role with a daring name', lines: ['GRANT `TRIGGER ON *.* TO `@`%` TO `sw`@`%`'], holds: false },
  { title: 'a routine', lines: [`GRANT TRIGGER ON PROCEDURE \`my_shop\`.\`p\` ${to}`], holds: false },
  {
    title: 'a global privilege that was taken back for the database',
    lines: [`GRANT SELECT, TRIGGER ON *.* ${to}`, 'REVOKE TRIGGER ON `my_shop`.* FROM `sw`@`%`'],
    holds: false,
  },
  {
    title: 'a global privilege that was taken back for another database',
    lines: [`GRANT SELECT, TRIGGER ON *.* ${to}`, 'REVOKE TRIGGER ON `other`.* FROM `sw`@`%`'],
    holds: true,
  },
  {
    title: 'a wide grant behind one on just this database',
    lines: [`GRANT SELECT, TRIGGER ON \`my%\`.* ${to}`, `GRANT SELECT ON \`my\\_shop\`.* ${to}`],
    holds: false,
  },
  {
    title: 'one of two wide grants, of which nobody knows which counts',
    lines: [`GRANT SELECT, TRIGGER ON \`my%\`.* ${to}`, `GRANT SELECT ON \`%shop\`.* ${to}`],
    holds: false,
  },
  {
    title: 'one of two wide grants, where the other cannot be the one that counts',
    lines: [`GRANT SELECT, TRIGGER ON \`my%\`.* ${to}`, `GRANT INSERT ON \`%shop\`.* ${to}`],
    holds: true,
  },
  {
    title: 'another letter case where case counts',
    lines: [`GRANT SELECT, TRIGGER ON \`My_Shop\`.* ${to}`],
    holds: false,
  },
  {
    title: 'another letter case where case does not count',
    lines: [`GRANT SELECT, TRIGGER ON \`My_Shop\`.* ${to}`],
    holds: true,
    change: { caseSensitive: false },
  },
  {
    title: 'a name with a backtick',
    lines: [`GRANT SELECT, TRIGGER ON \`a\`\`b\`.* ${to}`],
    holds: true,
    change: { database: 'a`b' },
  },
  {
    title: 'a name beyond the basic plane, one character to a wildcard',
    lines: [`GRANT SELECT, TRIGGER ON \`shop_\`.* ${to}`],
    holds: true,
    change: { database: 'shop𝌆' },
  },
];

describe('the privilege that the grants show', () => {
  it.each(cases)('$title', ({ lines, holds, change }) => {
    expect(surelyHolds(parseGrants(lines), { ...question, ...change })).toBe(holds);
  });
});
