/**
 * All pairs of column types, judged by a native ALTER TABLE: a value becomes the same, or is refused by name; and what is
 * right is never called wrong. Here are the pairs in which something was once wrong, and every kind of rule; all of them,
 * which takes many minutes: `SWITCHYARD_ALL_PAIRS=1 npx vitest run test/mysql/table/verify/all-pairs.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dataVariables } from '../../../../src/mysql/server/session/variables.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { walkPair, type Findings, type TypeWithValues, type Walk } from './all-pairs.js';
import { types } from './all-pairs-types.js';
import { conversionOf, strictModes } from './plan-for.js';

const all = process.env.SWITCHYARD_ALL_PAIRS === '1';
const database = `verify_pairs_${process.pid}`;

/** Beginnings of types; the empty one is that of all. */
type Choice = readonly (readonly [from: string, to: readonly string[]])[];

const hardOnes: Choice = [
  ['INT', ['ENUM', 'SET', 'BIT(1)']],
  ['BIGINT', ["SET('2'", 'JSON']],
  ['YEAR', ["ENUM('a'", "SET('2'"]],
  ['DECIMAL(20,4)', ["ENUM('a'", 'TIME']],
  ['FLOAT', ['FLOAT(9,2)', 'TINYTEXT']],
  ['DOUBLE', ['DOUBLE(12,3)']],
  ['TIME', ['DATE', 'YEAR']],
  ['TIMESTAMP', ['DATETIME', 'JSON']],
  ['VARCHAR(60) COLLATE', ['DATETIME', 'TIME', 'VARCHAR(3)']],
  ['VARBINARY', ['VARCHAR(3)', 'TIMESTAMP']],
  ['ENUM', ['ENUM', 'DATE', 'CHAR(60)']],
  ["SET('2'", ["SET('a'", 'SET(', 'VARCHAR(60)']],
  ["SET('m0'", ['BIGINT']],
  ['JSON', ['DATETIME', 'TINYTEXT']],
];

const padded: Choice = all
  ? [['CHAR', ['']]]
  : [['CHAR(3)', ['CHAR', 'VARCHAR(3)', 'TINYTEXT', 'VARBINARY', 'BINARY', 'ENUM', "SET('a'", 'INT', 'JSON']]];

function pairs(choice: Choice): readonly (readonly [TypeWithValues, string])[] {
  const matching = (beginning: string): readonly TypeWithValues[] => {
    const exact = types.filter(({ type }) => type === beginning);
    return exact.length > 0 ? exact : types.filter(({ type }) => type.startsWith(beginning));
  };
  return choice.flatMap(([from, to]) =>
    matching(from).flatMap((one) => to.flatMap(matching).map(({ type }) => [one, type] as const)),
  );
}

/** What is refused by name although a native ALTER takes it: it loses something, or its rule is not known. */
const refusals: readonly RegExp[] = [
  / to (BIT|VECTOR)\(\d+\): CONVERSION_NOT_EXACT$/,
  // Of a text that only begins with a number a native ALTER keeps the number; a number below zero becomes 0.
  /^(\w*TEXT|\w*BLOB) to DECIMAL.*: 1366 /,
  /^DECIMAL\(20,4\) to .*: -0.0001: 1264 .*, natively 0/,
  // Beyond the range of the type a native ALTER writes the number at its other end.
  /^(FLOAT|DOUBLE)\S* to .*: 1264 /,
  // Deprecated delimiters.
  /: warning Delimiter /,
];

let session: Session;

beforeAll(async () => {
  session = await Session.open(inject('stack').commerce.root, dataVariables(conversionOf()));
  // Thousands of small tables are nobody's news.
  await session.run('SET SESSION sql_log_bin = 0');
  await session.run(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
});

afterAll(async () => {
  await session.run(`DROP DATABASE ${database}`);
  await session.close();
});

describe('a value of any type in a column of any other', () => {
  it.each([
    { what: 'in a zone off UTC', modes: strictModes, chosen: all ? [['', ['']] as const] : hardOnes },
    {
      what: 'with CHAR values read as long as they can be',
      modes: `${strictModes},PAD_CHAR_TO_FULL_LENGTH`,
      chosen: padded,
    },
  ])(
    'is what a native ALTER TABLE makes of it, or is refused by name, $what',
    { timeout: all ? 7_200_000 : 120_000 },
    async ({ modes, chosen }) => {
      const walk: Walk = { session, database, timeZone: '+05:30', modes };
      const findings: Findings = { different: [], stricter: [], falseAlarms: [] };
      for (const [from, to] of pairs(chosen)) await walkPair(walk, from, to, findings);
      const stricter = findings.stricter.filter((one) => !refusals.some((known) => known.test(one)));
      expect({ ...findings, stricter }).toEqual({ different: [], stricter: [], falseAlarms: [] });
    },
  );
});
