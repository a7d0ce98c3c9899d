/** A case: one directory with one `case.yaml`. What its parts mean is in README.md beside this file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const caseSchema = z.strictObject({
  /** One sentence: what could go wrong here. */
  about: z.string(),
  /** Makes the table `t` with its first rows. */
  create: z.string(),
  /** The statement under test. */
  alter: z.string(),
  /** What the writers do; `@n` and `@m` are new random numbers from 1 to 60 for every statement. */
  writes: z.string().default(''),
  /** The name of the table, where it is not `t`. */
  table: z.string().default('t'),
  /** Error code with which the case must be refused. */
  refused: z.string().optional(),
  /** Session variables of the application, also while it makes the table. */
  variables: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  /** The sql_mode that the migration, and the native client, is given for the statement. */
  sqlMode: z.string().optional(),
  /** Error numbers that a write may meet, beside duplicate keys and deadlocks. */
  allowedErrors: z.array(z.number()).default([]),
  /** Columns that verification tells it cannot compare. */
  notCompared: z.number().default(0),
});

export type DifferentialCase = Omit<z.output<typeof caseSchema>, 'create' | 'writes'> & {
  readonly name: string;
  readonly create: readonly string[];
  readonly writes: readonly string[];
};

/** All cases, by the names of their directories. */
export function loadCases(): readonly DifferentialCase[] {
  const names = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return names.sort().map((name) => {
    const text = readFileSync(join(import.meta.dirname, name, 'case.yaml'), 'utf8');
    const read = caseSchema.parse(parse(text));
    return { ...read, name, create: statements(read.create), writes: statements(read.writes) };
  });
}

/** Statements end with a semicolon at the end of a line. */
function statements(text: string): readonly string[] {
  return text
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
