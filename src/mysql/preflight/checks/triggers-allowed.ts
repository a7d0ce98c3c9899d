/** Fences are triggers. Where there is a binlog the server lets only SUPER make them, unless it trusts their makers. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Session } from '../../server/session/session.js';
import type { Check } from '../check.js';

/** @throws TRIGGERS_NOT_ALLOWED on either side: a switch fences the one, a reverse the other. */
export const checkTriggersAllowed: Check<'pair'> = {
  scope: 'pair',
  ask: async ({ source, target }) => {
    for (const { session } of [source, target]) await refuseWithoutTriggers(session);
    return [];
  },
};

/** @throws TRIGGERS_NOT_ALLOWED. */
export async function refuseWithoutTriggers(session: Session): Promise<void> {
  if (await mayMakeTriggers(session)) return;
  throw new SwitchyardError('TRIGGERS_NOT_ALLOWED', { cluster: session.cluster.name });
}

async function mayMakeTriggers(session: Session): Promise<boolean> {
  const { trusted } = await session.row<{ trusted: number | string }>(
    'SELECT @@GLOBAL.log_bin_trust_function_creators AS trusted',
  );
  if (Number(trusted) === 1) return true;
  const grants = await session.rows<Record<string, string>>('SHOW GRANTS');
  return grants.some((row) => Object.values(row).some((text) => /\b(SUPER|ALL PRIVILEGES)\b.* ON \*\.\*/.test(text)));
}
