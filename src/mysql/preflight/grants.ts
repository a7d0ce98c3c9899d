/**
 * Reads what SHOW GRANTS says, as far as it is needed for a privilege that cannot be tried out. Pure.
 *
 * Of several grants on databases whose patterns match, the server uses one, and which one depends on how specific they
 * are, on active roles, and on accounts that SHOW GRANTS does not list. So the caller says which privileges are known to
 * be there: a grant without them cannot be the one in use.
 */

export interface Grants {
  /** Privileges on `*.*`. */
  readonly global: ReadonlySet<string>;
  /** Grants on `pattern.*`, the pattern as it was written. */
  readonly databases: readonly DatabaseGrant[];
  /** Privileges on `*.*` that were taken back for one database (partial revokes). */
  readonly revoked: readonly DatabaseGrant[];
}

interface DatabaseGrant {
  readonly pattern: string;
  readonly privileges: ReadonlySet<string>;
}

/** Privileges have no quotes: lines about roles, columns, routines and single tables do not match. */
const grantLine = /^(GRANT|REVOKE) ([A-Z0-9_, ]+) ON (\*|`(?:[^`]|``)*`)\.\* (?:TO|FROM) /;

/** @param lines the rows of SHOW GRANTS; they include the privileges of active roles. */
export function parseGrants(lines: readonly string[]): Grants {
  const global = new Set<string>();
  const databases: DatabaseGrant[] = [];
  const revoked: DatabaseGrant[] = [];
  for (const line of lines) {
    const [, verb, list, target] = grantLine.exec(line) ?? [];
    if (verb === undefined || list === undefined || target === undefined) continue;
    const privileges = new Set(list.split(',').map((privilege) => privilege.trim()));
    if (target === '*') {
      for (const privilege of privileges) global.add(privilege);
    } else {
      const pattern = target.slice(1, -1).replaceAll('``', '`');
      (verb === 'GRANT' ? databases : revoked).push({ pattern, privileges });
    }
  }
  return { global, databases, revoked };
}

export interface PrivilegeQuestion {
  readonly privilege: string;
  readonly database: string;
  /** Privileges on the database that were tried out successfully. */
  readonly known: readonly string[];
  /** Whether `_` and `%` in patterns are ordinary characters (partial_revokes=ON). */
  readonly literalPatterns: boolean;
  /** Whether names of databases differ by case. */
  readonly caseSensitive: boolean;
}

/** Whether the privilege is surely there; false where the grants leave a doubt. */
export function surelyHolds(grants: Grants, question: PrivilegeQuestion): boolean {
  const { privilege, known } = question;
  const database = fold(question.database, question);
  const taken = grants.revoked.filter(({ pattern }) => fold(pattern, question) === database);
  const fromGlobal = (wanted: string): boolean =>
    has(grants.global, wanted) && !taken.some(({ privileges }) => has(privileges, wanted));
  if (fromGlobal(privilege)) return true;
  const possible = grants.databases.filter(
    ({ pattern, privileges }) =>
      matches(fold(pattern, question), database, question) &&
      known.every((other) => fromGlobal(other) || has(privileges, other)),
  );
  // A grant on just this database comes before all others.
  const exact = possible.find(({ pattern }) => unescape(fold(pattern, question)) === database);
  const deciding = exact === undefined ? possible : [exact];
  return deciding.length > 0 && deciding.every(({ privileges }) => has(privileges, privilege));
}

/**
 * The databases, of those that there are, that grants name, by themselves or by a pattern: what whoever has granted them
 * had in mind. @param caseSensitive whether names differ by case; @param literalPatterns as in a question.
 */
export function namedInGrants(
  { databases }: Grants,
  existing: readonly string[],
  how: Pick<PrivilegeQuestion, 'literalPatterns' | 'caseSensitive'>,
): readonly string[] {
  return existing.filter((database) =>
    databases.some(({ pattern }) => matches(fold(pattern, how), fold(database, how), how)),
  );
}

function has(privileges: ReadonlySet<string>, privilege: string): boolean {
  return privileges.has(privilege) || privileges.has('ALL PRIVILEGES');
}

function fold(name: string, { caseSensitive }: Pick<PrivilegeQuestion, 'caseSensitive'>): string {
  return caseSensitive ? name : name.toLowerCase();
}

/** LIKE, as for grants: `%` any characters, `_` one, a backslash takes the meaning away. */
function matches(
  pattern: string,
  database: string,
  { literalPatterns }: Pick<PrivilegeQuestion, 'literalPatterns'>,
): boolean {
  if (literalPatterns) return pattern === database;
  const source = pattern.replace(/\\?[^]/gu, (token) => {
    if (token === '%') return '.*';
    if (token === '_') return '.';
    return (token.length > 1 && token.startsWith('\\') ? token.slice(1) : token).replace(
      /[$()*+./?[\\\]^{|}-]/,
      '\\$&',
    );
  });
  return new RegExp(`^${source}$`, 'su').test(database);
}

function unescape(pattern: string): string {
  return pattern.replace(/\\([%_\\])/g, '$1');
}
