/**
 * Reads an ALTER TABLE far enough to know its table, what it renames, drops and adds, and what must be refused. Whether
 * it is correct SQL is the server's to say: it runs the statement on an empty shadow (docs/design/prepare.md, "The
 * server is the judge").
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import { versionCommentLiveMax } from '../limits/schema.js';
import type { AlterClause } from './alter-clause.js';
import { readClauses } from './clauses/read-clauses.js';
import type { TableName } from './table-model.js';
import { TokenCursor, type Span } from './token-cursor.js';
import { significantTokens, tokenize, type LexicalModes, type Token, type TokenizedText } from './tokens.js';

export type { AlterClause } from './alter-clause.js';

export interface AlterContext extends LexicalModes {
  /** The database that was asked for: of an unqualified table, and the only one that may be named. */
  readonly database: string;
  /** Whether the server compares names of databases and tables without their case (lower_case_table_names > 0). */
  readonly lowerCaseTableNames?: boolean;
}

export interface AlterStatement {
  /** As it was given. */
  readonly text: string;
  readonly table: TableName;
  /** The table's name in the text, its database and quotes included. */
  readonly tableSpan: Span;
  readonly clauses: readonly AlterClause[];
  /** Where semicolons stand behind the statement. */
  readonly semicolons: readonly Span[];
}

/**
 * The one ALTER TABLE that `statement` is.
 * @throws NOT_ONE_ALTER (also for several statements and for none), STATEMENT_NOT_BUILT_YET for statements that will be operations
 * of their own, STATEMENT_OTHER_DATABASE, VERSION_COMMENT_UNCLEAR.
 */
export function parseAlter(statement: string, context: AlterContext): AlterStatement {
  const tokenized = tokenize(statement, context);
  const { own, semicolons } = oneStatement(statement, tokenized);
  const cursor = new TokenCursor(own);
  if (!cursor.accept('ALTER', 'TABLE')) throw notAlterTable(own);
  const { table, span } = readTableName(cursor, context);
  checkVersionComments(statement, tokenized.tokens, span);
  const clauses = readClauses(cursor.takeRest(), context.database);
  return { text: statement, table, tableSpan: span, clauses, semicolons };
}

function oneStatement(
  text: string,
  { tokens, unclosed }: TokenizedText,
): { own: readonly Token[]; semicolons: Span[] } {
  if (unclosed !== null) {
    const place = `character ${unclosed.start + 1} (line ${lineOf(text, unclosed.start)})`;
    throw notOneAlter(`the ${unclosed.what} that begins at ${place} is not closed`);
  }
  const significant = significantTokens(tokens);
  const end = significant.findIndex(({ keyword }) => keyword === ';');
  const own = end < 0 ? significant : significant.slice(0, end);
  const behind = end < 0 ? [] : significant.slice(end);
  if (own.length === 0) throw notOneAlter('it is empty');
  if (behind.some(({ keyword }) => keyword !== ';')) throw notOneAlter('it is several statements');
  return { own, semicolons: behind.map((token) => [token.start, token.end]) };
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function readTableName(cursor: TokenCursor, context: AlterContext): { table: TableName; span: Span } {
  if (cursor.at('IF')) throw notOneAlter('MySQL knows no IF EXISTS here');
  const first = cursor.takeName();
  if (first === undefined) throw notOneAlter('it names no table');
  if (!cursor.accept('.')) {
    return { table: { database: context.database, table: first.name }, span: first.span };
  }
  const second = cursor.takeName();
  if (second === undefined) throw notOneAlter(`no table follows "${first.name}."`);
  const fold = (name: string): string => (context.lowerCaseTableNames === true ? name.toLowerCase() : name);
  if (fold(first.name) !== fold(context.database)) {
    throw new SwitchyardError('STATEMENT_OTHER_DATABASE', { named: first.name, database: context.database });
  }
  return { table: { database: context.database, table: second.name }, span: [first.span[0], second.span[1]] };
}

/** What is live on one server and a comment on another cannot be read for all of them. */
function checkVersionComments(text: string, tokens: readonly Token[], tableSpan: Span): void {
  for (const { kind, start, end, value } of tokens) {
    if (kind !== 'versionOpen' && kind !== 'versionClose') continue;
    if (Number(value.slice('/*!'.length)) > versionCommentLiveMax) {
      throw new SwitchyardError('VERSION_COMMENT_UNCLEAR', { comment: `${text.slice(start, end)} … */` });
    }
    const insideName = start > tableSpan[0] && end < tableSpan[1];
    if (insideName) throw new SwitchyardError('VERSION_COMMENT_UNCLEAR', { comment: text.slice(...tableSpan) });
  }
}

function notOneAlter(problem: string): SwitchyardError {
  return new SwitchyardError('NOT_ONE_ALTER', { problem });
}

/** Statements that are operations of their own, by how they begin: refused until they are built. */
const laterStatements: readonly (readonly string[])[] = [['CREATE', 'TABLE'], ['DROP', 'TABLE'], ['REVERT']];

/** Statements that can be written as an ALTER TABLE. */
const indexStatement = /^(?:CREATE|DROP) (?:UNIQUE |FULLTEXT |SPATIAL )?INDEX/;

function notAlterTable(tokens: readonly Token[]): SwitchyardError {
  const keywords = tokens.slice(0, 3).map(({ keyword }) => keyword);
  const later = laterStatements.find((words) => words.every((word, index) => keywords[index] === word));
  if (later !== undefined) return new SwitchyardError('STATEMENT_NOT_BUILT_YET', { statement: later.join(' ') });
  const kind = keywords.slice(0, keywords[0] === 'ALTER' || keywords[0] === 'CREATE' || keywords[0] === 'DROP' ? 2 : 1);
  const [index] = indexStatement.exec(keywords.join(' ')) ?? [];
  if (index !== undefined) {
    const verb = index.startsWith('CREATE') ? 'ADD' : 'DROP';
    return notOneAlter(`it is ${index}; write it as ALTER TABLE … ${verb} INDEX`);
  }
  const name = kind.filter((word) => word !== '').join(' ');
  return notOneAlter(name === '' ? 'it begins with no keyword' : `it begins with ${name}`);
}
