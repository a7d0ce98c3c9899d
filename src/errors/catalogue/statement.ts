import type { Catalogue } from '../entry.js';

/** What is wrong with the statement that was asked for, or with the table it is to be run on. */
export const statementErrors = {
  NOT_ONE_ALTER: {
    kind: 'terminal',
    sentence: 'The statement is not one ALTER TABLE: {problem}.',
    remedy: 'Give exactly one ALTER TABLE statement; start one operation for each table.',
  },
  STATEMENT_NOT_BUILT_YET: {
    kind: 'terminal',
    sentence: 'The statement is {statement}, and only ALTER TABLE is built yet.',
    remedy: 'Give one ALTER TABLE statement, or run this one on the server itself, without Switchyard.',
  },
  STATEMENT_REFUSED: {
    kind: 'terminal',
    sentence: 'The server refuses the statement: {problem}.',
    remedy: 'Correct the statement; the message is the one that MySQL itself gives for it.',
    unsaid: ['errno'],
  },
  SQL_MODE_REFUSED: {
    kind: 'terminal',
    sentence: 'The option sqlMode is no sql_mode of this server: {problem}.',
    remedy: 'Give modes that the server knows, separated by commas, or leave the option out.',
  },
  DEFINITION_NOT_CARRIED: {
    kind: 'terminal',
    sentence: 'An empty copy of table {table} does not come out with the same definition: {problem}.',
    remedy: 'Change or drop what is named first, or run the statement without Switchyard; please report it.',
  },
  BACKSLASHES_WOULD_CHANGE: {
    kind: 'terminal',
    sentence:
      'The sql_mode has NO_BACKSLASH_ESCAPES, in which MySQL changes the backslashes of {name} with each ALTER TABLE.',
    remedy: 'Give a sql_mode without it in the option sqlMode; then the expression stays as it is.',
  },
  STATEMENT_OTHER_DATABASE: {
    kind: 'terminal',
    sentence: 'The statement names database {named}, but the operation was asked for on {database}.',
    remedy: 'Leave the database out of the statement, or start the operation with that database.',
  },
  VERSION_COMMENT_UNCLEAR: {
    kind: 'terminal',
    sentence: 'The statement has a version comment that not every server reads alike: {comment}.',
    remedy: 'Write what is in it as plain SQL, or leave it out.',
  },
  DESTRUCTIVE_CHANGE: {
    kind: 'terminal',
    sentence:
      'The option allowDestructive is false, and the statement takes something away from table {table}: {losses}.',
    remedy:
      'Nothing was changed. If all of it is meant, start it again with allowDestructive true, or without the option.',
  },
  CLAUSE_RENAME_TABLE: {
    kind: 'terminal',
    sentence: 'A migration keeps the name of its table, but the statement has: {clause}.',
    remedy: 'Leave the clause out; rename the table by itself, before or after, with RENAME TABLE.',
  },
  CLAUSE_ALGORITHM: {
    kind: 'terminal',
    sentence: 'How the change is made is not decided in the statement, which has: {clause}.',
    remedy: 'Leave the clause out: every migration copies its table, and writes are never locked out meanwhile.',
  },
  CLAUSE_PARTITION_OPERATION: {
    kind: 'terminal',
    sentence: 'This is no change of the schema that can be made by copying rows: {clause}.',
    remedy: 'Run it on the table itself: it works on partitions in place.',
  },
  CLAUSE_TABLESPACE: {
    kind: 'terminal',
    sentence: 'Files of a table cannot be exchanged while its rows are copied: {clause}.',
    remedy: 'Run it on the table itself, outside of Switchyard.',
  },
  CLAUSE_WITHOUT_EFFECT: {
    kind: 'terminal',
    sentence: 'This has no effect on an InnoDB table: {clause}.',
    remedy: 'Leave the clause out.',
  },
  CLAUSE_NEW_AUTO_INCREMENT: {
    kind: 'terminal',
    sentence: 'The values of new column {column} would depend on the order of copying: {clause}.',
    remedy: 'Add the column without AUTO_INCREMENT, fill it, and make it AUTO_INCREMENT with a second statement.',
  },
  CLAUSE_OTHER_ENGINE: {
    kind: 'terminal',
    sentence: 'Only InnoDB has the transactions that a migration needs, but the statement has: {clause}.',
    remedy: 'Leave the clause out, or change the engine of the table without Switchyard.',
  },
  CLAUSE_SECONDARY_ENGINE: {
    kind: 'terminal',
    sentence: 'Loading a secondary engine is no change of the schema: {clause}.',
    remedy: 'Run it on the table itself, after the migration.',
  },
  CLAUSE_UNKNOWN: {
    kind: 'terminal',
    sentence: 'The server accepts a clause that Switchyard does not know: {clause}.',
    remedy: 'Leave the clause out, or run the statement without Switchyard; please report the clause.',
  },
  NO_USABLE_KEY: {
    kind: 'terminal',
    sentence: 'Table {table} has no key by which its rows can be told apart safely: {problem}.',
    remedy: 'Give the table a primary key, or a unique index on NOT NULL columns without prefixes and expressions.',
  },
  HELPER_NOT_POSSIBLE: {
    kind: 'terminal',
    sentence:
      'The new definition has no unique index on the unchanged key {key}, and no helper columns can stand in: {problem}.',
    remedy:
      'Change the key in a statement of its own, or keep a unique index on exactly these columns until afterwards.',
  },
  COLUMNS_UNACCOUNTED: {
    kind: 'terminal',
    sentence: 'The columns of the new table are not the ones that the statement explains: {problem}.',
    remedy: 'Split the statement into simpler ones; please report it.',
  },
  CONVERSION_NOT_EXACT: {
    kind: 'terminal',
    sentence: 'Column {column} cannot be converted from {from} to {to} by copying as ALTER TABLE would convert it.',
    remedy: 'Change the type in two steps over a type in between, or add a new column and fill it.',
  },
  PADDED_CHAR_MATTERS: {
    kind: 'terminal',
    sentence:
      'The sql_mode has PAD_CHAR_TO_FULL_LENGTH, and {column} is computed from the CHAR column {from}: rows are copied without that mode, in which a native ALTER TABLE would compute it.',
    remedy:
      'Give the option sqlMode without PAD_CHAR_TO_FULL_LENGTH if the spaces are not wanted; else use a native ALTER.',
  },
  RESERVED_NAME: {
    kind: 'terminal',
    sentence: 'Column {column} has a name that Switchyard needs for its own columns.',
    remedy: 'Rename the column first, or name it differently in the statement.',
  },
  VALUES_WOULD_BE_GENERATED: {
    kind: 'terminal',
    sentence:
      'Column {column} can hold NULL and is to become AUTO_INCREMENT: NULLs would get numbers in the order of copying.',
    remedy: 'Fill the NULLs and make the column NOT NULL first; then make it AUTO_INCREMENT with a second statement.',
  },
} as const satisfies Catalogue;
