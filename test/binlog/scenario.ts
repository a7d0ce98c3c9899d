/** The words in which scenarios for record-fixtures.ts are written. */

export interface Step {
  /** Statements on the writing session, together one transaction. */
  readonly sql: readonly string[];
  /** `rows`: what changed is found by comparing the tables before and after. All others change no row by row events. */
  readonly logs: 'rows' | 'ddl' | 'statement' | 'nothing';
  /** XA id as the server prints it is looked up for `prepare`, and is that of the last one for the others. */
  readonly xa?: 'prepare' | 'commit' | 'rollback';
  /** First word expected of a `statement`. */
  readonly verb?: string;
}

export interface Scenario {
  readonly name: string;
  /** Before the binlog file begins. */
  readonly setup: readonly string[];
  /** Followed tables with the names of their key columns. */
  readonly followed: readonly { readonly table: string; readonly key: readonly string[] }[];
  readonly ownTable?: string;
  readonly steps: readonly Step[];
  /** The last step must stop the decoder with this code. */
  readonly stopsWith?: string;
}

export function rows(...sql: string[]): Step {
  return { sql, logs: 'rows' };
}

export function ddl(...sql: string[]): Step {
  return { sql, logs: 'ddl' };
}

export function statement(verb: string, ...sql: string[]): Step {
  return {
    sql: ["SET SESSION binlog_format = 'STATEMENT'", ...sql, "SET SESSION binlog_format = 'ROW'"],
    logs: 'statement',
    verb,
  };
}
