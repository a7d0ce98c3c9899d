/** Who holds something on one of the servers while traffic is to move: what a switch meets in life. */
import type { Connection } from 'mysql2/promise';
import type { Blocker } from '../../domain/attempt.js';
import { isFence } from '../shop/write-route.js';
import { firstTable } from './many-tables.js';

/** Of the two servers of a switch: the one that gives the writes away, and the one that gets them. */
type HeldSide = 'giving' | 'receiving';

export interface Holder {
  readonly name: string;
  readonly side: HeldSide;
  readonly hold: (session: Connection) => Promise<void>;
  /** @returns rows that it has added. */
  readonly release: (session: Connection) => Promise<number>;
}

const idleReader: Pick<Holder, 'hold' | 'release'> = {
  hold: async (session) => {
    await session.query('START TRANSACTION');
    await session.query(`SELECT COUNT(*) FROM ${firstTable}`);
  },
  release: async (session) => {
    await session.query('ROLLBACK');
    return 0;
  },
};

const backup: Pick<Holder, 'hold' | 'release'> = {
  hold: async (session) => void (await session.query('LOCK INSTANCE FOR BACKUP')),
  release: async (session) => {
    await session.query('UNLOCK INSTANCE');
    return 0;
  },
};

/** It has written, or was refused and stays in its transaction all the same. */
function writing(isRefused: boolean): Pick<Holder, 'hold' | 'release'> {
  return {
    hold: async (session) => {
      await session.query('START TRANSACTION');
      try {
        await session.query(`INSERT INTO ${firstTable} (k) VALUES (0)`);
      } catch (error) {
        if (!isRefused || !isFence(error)) throw error;
      }
    },
    release: async (session) => {
      await session.query('COMMIT');
      return isRefused ? 0 : 1;
    },
  };
}

/** Each on either side. */
export const holders: readonly Holder[] = [
  { name: 'idle reader', side: 'giving', ...idleReader },
  { name: 'idle reader', side: 'receiving', ...idleReader },
  { name: 'backup lock', side: 'giving', ...backup },
  { name: 'backup lock', side: 'receiving', ...backup },
  { name: 'long transaction', side: 'giving', ...writing(false) },
  { name: 'refused, stays', side: 'receiving', ...writing(true) },
];

/** A holder at work. */
export class Held {
  /** Rows that it has added; known at its end. */
  added = 0;
  /** Whether traffic had not moved when it let go, and whether the status has named it until then. */
  waitedFor = false;
  named = false;
  #holds = true;

  private constructor(
    readonly holder: Holder,
    private readonly session: Connection,
  ) {}

  /** @param session which nobody else uses, in the benchmark's database. */
  static async begin(holder: Holder, session: Connection): Promise<Held> {
    await holder.hold(session);
    return new Held(holder, session);
  }

  /** Notes whether it is named. */
  look(blockers: readonly Blocker[]): void {
    this.named ||= this.#holds && blockers.some(({ id }) => id === this.session.threadId);
  }

  /** Lets go, once. @param isWaitedFor whether traffic has not moved yet. */
  async letGo(isWaitedFor: boolean): Promise<void> {
    if (!this.#holds) return;
    this.#holds = false;
    this.waitedFor = isWaitedFor;
    this.added = await this.holder.release(this.session);
  }
}
