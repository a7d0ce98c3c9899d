/** Chooses how rows are written on one target: LOAD DATA, which is faster, where it is allowed and exact. */
import { hasCode } from '../../../errors/switchyard-error.js';
import { isLoadRefused } from '../../server/session/server-errors.js';
import type { TransferMethod } from './transfer-sql.js';

export class TransferWay {
  #loadAllowed = true;

  /** Whether LOAD DATA LOCAL has not been refused so far. */
  get loadAllowed(): boolean {
    return this.#loadAllowed;
  }

  /**
   * Runs one whole transaction with LOAD DATA; where that is refused or was not exact, again with INSERT, whose errors
   * name what is wrong. `attempt` rolls back when it fails. That LOAD DATA is refused is remembered.
   */
  async run<Result>(attempt: (method: TransferMethod) => Promise<Result>): Promise<Result> {
    if (this.#loadAllowed) {
      try {
        return await attempt('load');
      } catch (error) {
        if (isLoadRefused(error)) this.#loadAllowed = false;
        else if (!hasCode(error, 'LOAD_NOT_EXACT')) throw error;
      }
    }
    return attempt('insert');
  }
}
