import { serverErrorNumber } from './server-errors.js';
import type { Session } from './session.js';

const noSuchThread = 1094;

/** Stops the running statement of connection `id` (its session gets errno 1317); nothing happens when it is idle or gone. */
export async function killQuery(control: Session, id: number): Promise<void> {
  await ignoreGone(control.run('KILL QUERY ?', [id]));
}

/** Ends connection `id`; nothing happens when it is gone. */
export async function killConnection(control: Session, id: number): Promise<void> {
  await ignoreGone(control.run('KILL CONNECTION ?', [id]));
}

async function ignoreGone(kill: Promise<unknown>): Promise<void> {
  try {
    await kill;
  } catch (error) {
    if (serverErrorNumber(error) !== noSuchThread) throw error;
  }
}
