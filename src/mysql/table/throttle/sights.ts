/** What sources of a throttle look at: the source's server, by sessions of their own, and whoever answers an address. */
import { throttleAnswerMs } from '../../../limits/mysql-table.js';
import type { Sights } from '../../../throttle/source.js';
import { withJointSignal } from '../../server/session/joint-signal.js';
import type { Session } from '../../server/session/session.js';

interface SightsOptions {
  /** How writes and replicas fare. */
  readonly measured: Pick<Sights, 'writes' | 'replicas'>;
  readonly lagMs: () => number;
  /** Opens a control session on the source; whoever has given it closes what is left open. */
  readonly open: () => Promise<Session>;
}

/** A query of the operator's changes nothing, and is ended when it takes too long. */
const queryVariables = { transaction_read_only: 1, max_execution_time: throttleAnswerMs };

export function sightsOf({ measured, lagMs, open }: SightsOptions): Sights {
  const looking = reopened(open);
  // Of its own: the other looks do not wait for it.
  const querying = reopened(async () => {
    const session = await open();
    await session.set(queryVariables);
    return session;
  });
  return {
    lagMs,
    writes: () => measured.writes(),
    replicas: () => measured.replicas(),
    status: async (name) => {
      const session = await looking();
      return theNumber(
        await session.rows('SELECT variable_value FROM performance_schema.global_status WHERE variable_name = ?', [
          name,
        ]),
      );
    },
    innodbMetric: async (name) => {
      const session = await looking();
      return theNumber(
        await session.rows(
          "SELECT count FROM information_schema.innodb_metrics WHERE name = ? AND status = 'enabled'",
          [name],
        ),
      );
    },
    query: async (select) => {
      const session = await querying();
      // As a derived table it can be nothing but a query; two rows are enough to see that there is more than one.
      return theNumber(await session.rows(`SELECT * FROM (\n${select}\n) AS _sw_throttle LIMIT 2`));
    },
    get,
  };
}

/** Opens a session when it is needed, and another one when that was lost. */
function reopened(open: () => Promise<Session>): () => Promise<Session> {
  let session: Promise<Session> | undefined;
  return async () => {
    const before = session;
    const isUsable =
      before !== undefined &&
      (await before.then(
        ({ closed }) => !closed,
        () => false,
      ));
    // Whoever comes meanwhile gets the same one.
    if (!isUsable && session === before) session = open();
    return session ?? open();
  };
}

/** @throws where it is not one number. */
function theNumber(rows: readonly object[]): number {
  const values = rows.flatMap((row) => Object.values(row) as unknown[]);
  const [value] = values;
  if (values.length !== 1) throw new Error(`it gives ${values.length} values, and not one number`);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new Error('it gives something else than a number');
  return number;
}

function get(url: string): Promise<number> {
  const limit = { withinMs: throttleAnswerMs, message: `no answer within ${throttleAnswerMs} ms` };
  return withJointSignal([], limit, async (signal) => {
    // A redirect is followed by nobody: it is another answer than 200.
    const response = await fetch(url, { headers: { 'user-agent': 'switchyard' }, redirect: 'manual', signal });
    await response.body?.cancel();
    return response.status;
  });
}
