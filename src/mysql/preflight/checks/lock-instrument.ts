/** The server tells who holds metadata locks: otherwise nobody can be named who blocks a cut-over (P3). */
import type { Check } from '../check.js';

const instrument = 'wait/lock/metadata/sql/mdl';

/** Warns, never fails. */
export const checkLockInstrument: Check<'server'> = {
  scope: 'server',
  ask: async ({ session }) => {
    const rows = await session.rows(
      `SELECT 1 FROM performance_schema.setup_instruments WHERE name = ? AND enabled = 'YES'`,
      [instrument],
    );
    if (rows.length > 0) return [];
    return [
      `The server does not record metadata locks (instrument ${instrument} of performance_schema is off): ` +
        `sessions that block a cut-over cannot be named.`,
    ];
  },
};
