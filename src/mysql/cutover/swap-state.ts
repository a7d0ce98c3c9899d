/** What the tables themselves say about a swap; nothing else is believed after an attempt was lost. */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { tableExists } from '../introspect/load-table.js';
import type { Session } from '../session/session.js';
import type { MigrationPlan } from '../shadow/plan.js';

export type SwapState = 'swapped' | 'notSwapped';

/**
 * Whether the shadow has become the application's table; for removing an operation, whose source may be gone by now, or
 * whose shadow was dropped by a removal that was cut off. Only to be asked while holding the operation's advisory lock.
 * @throws OUTCOME_UNCLEAR where both tables of ours are there.
 */
export async function hasSwapped(session: Session, plan: MigrationPlan): Promise<boolean> {
  const retained = await tableExists(session, plan.retained);
  if (!retained || !(await tableExists(session, plan.shadow))) return retained;
  throw new SwitchyardError('OUTCOME_UNCLEAR', {
    table: `${plan.source.database}.${plan.source.table}`,
    problem: `${plan.shadow.table} and ${plan.retained.table} exist`,
  });
}

/**
 * Only to be asked while holding the operation's advisory lock.
 * @throws OUTCOME_UNCLEAR for any picture but the two that a swap can leave: never a guess.
 */
export async function readSwapState(session: Session, plan: MigrationPlan): Promise<SwapState> {
  const [source, shadow, retained] = [
    await tableExists(session, plan.source),
    await tableExists(session, plan.shadow),
    await tableExists(session, plan.retained),
  ];
  if (source && shadow && !retained) return 'notSwapped';
  if (source && !shadow && retained) return 'swapped';
  const seen = [
    `${plan.source.table} ${source ? 'exists' : 'is missing'}`,
    `${plan.shadow.table} ${shadow ? 'exists' : 'is missing'}`,
    `${plan.retained.table} ${retained ? 'exists' : 'is missing'}`,
  ];
  throw new SwitchyardError('OUTCOME_UNCLEAR', {
    table: `${plan.source.database}.${plan.source.table}`,
    problem: seen.join(', '),
  });
}
