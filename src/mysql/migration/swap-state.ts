/** What the tables themselves say about a swap, and what was recorded before one; nothing else is believed after an attempt was lost. */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { tableExists } from '../server/introspect/load-table.js';
import type { Session } from '../server/session/session.js';
import type { MigrationPlan } from './migration-plan.js';
import { mayHaveSwapped } from '../server/sidecar/cut-overs.js';

export type SwapState = 'swapped' | 'notSwapped';

/** Which tables are there. */
interface Picture {
  readonly source: boolean;
  readonly shadow: boolean;
  readonly retained: boolean;
}

/**
 * Whether the shadow has become the application's table; for removing an operation, whose source may be gone by now, or
 * whose shadow was dropped by a removal that was cut off. Only to be asked while holding the operation's advisory lock.
 * @returns `unclear` for a picture that neither a swap nor its absence leaves: which table is whose cannot be told.
 */
export async function swapStateForRemoval(session: Session, plan: MigrationPlan): Promise<SwapState | 'unclear'> {
  if (!(await mayHaveSwapped(session, plan.operationId))) return 'notSwapped';
  const { source, shadow, retained } = await lookAtTables(session, plan);
  if (shadow && (retained || !source)) return 'unclear';
  return retained ? 'swapped' : 'notSwapped';
}

/**
 * Only to be asked while holding the operation's advisory lock.
 * @throws OUTCOME_UNCLEAR for any picture but the two that a swap can leave: never a guess.
 */
export async function readSwapState(session: Session, plan: MigrationPlan): Promise<SwapState> {
  // A table that somebody made, renamed or dropped tells nothing where no attempt ever came to the RENAME.
  if (!(await mayHaveSwapped(session, plan.operationId))) return 'notSwapped';
  const picture = await lookAtTables(session, plan);
  const { source, shadow, retained } = picture;
  if (source && shadow && !retained) return 'notSwapped';
  if (source && !shadow && retained) return 'swapped';
  throw outcomeUnclear(plan, picture);
}

/** The same picture as an error, where nobody has cancelled and a person has to look. */
export async function unclearSwap(session: Session, plan: MigrationPlan): Promise<SwitchyardError> {
  return outcomeUnclear(plan, await lookAtTables(session, plan));
}

async function lookAtTables(session: Session, plan: MigrationPlan): Promise<Picture> {
  return {
    source: await tableExists(session, plan.source),
    shadow: await tableExists(session, plan.copy),
    retained: await tableExists(session, plan.retained),
  };
}

function outcomeUnclear(plan: MigrationPlan, { source, shadow, retained }: Picture): SwitchyardError {
  const seen = [
    `${plan.source.table} ${source ? 'exists' : 'is missing'}`,
    `${plan.copy.table} ${shadow ? 'exists' : 'is missing'}`,
    `${plan.retained.table} ${retained ? 'exists' : 'is missing'}`,
  ];
  return new SwitchyardError('OUTCOME_UNCLEAR', {
    table: `${plan.source.database}.${plan.source.table}`,
    problem: seen.join(', '),
  });
}
