import type { Session, SqlValue } from '../../../src/mysql/server/session/session.js';

type Rows = readonly object[];
type Rewrite = (sql: string, values: readonly SqlValue[], run: Session['rows']) => Promise<Rows>;

/** The same session, with a say over what it asks and what it is told: for states that no test can wait for. */
export function intercepted(session: Session, rewrite: Rewrite): Session {
  const run = session.rows.bind(session);
  return new Proxy(session, {
    get(target, property) {
      if (property === 'rows') return (sql: string, values: readonly SqlValue[] = []) => rewrite(sql, values, run);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

/** A server whose global variables have these values; undefined takes a variable away. */
export function withVariables(session: Session, changed: Readonly<Record<string, string | undefined>>): Session {
  return intercepted(session, async (sql, values, run) => {
    const rows = await run<{ Variable_name: string; Value: string }>(sql, values);
    if (!sql.startsWith('SHOW GLOBAL VARIABLES')) return rows;
    const kept = rows.filter(({ Variable_name }) => !(Variable_name in changed));
    const added = Object.entries(changed).flatMap(([Variable_name, Value]) =>
      Value === undefined ? [] : [{ Variable_name, Value }],
    );
    return [...kept, ...added];
  });
}
