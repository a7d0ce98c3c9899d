/**
 * The journal of a switch: one row for each attempt, on the cluster that gets the writes. It is the point of no return
 * (docs/design/moves.md, "The journal", P1): with `switched` everything goes forward, with `aborted` everything is
 * undone, and there is only ever one of them, since both are the same key. Both are decided while the operation's epoch
 * is locked for us alone: what holds it has committed or is gone then, and what comes later finds another epoch.
 *
 * A COMMIT whose answer was lost has no outcome that anybody here knows: the call throws, and `read` on a new connection
 * tells. Reading is no fence: only `commitAborted` makes sure that a run which is late can not switch any more.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { journalLockWaitSeconds, journalSilenceSeconds } from '../../../limits/mysql-move.js';
import { lockSessionPingMs } from '../../../limits/mysql.js';
import type { ClusterSettings } from '../../server/session/cluster-settings.js';
import { Session, type SqlValue } from '../../server/session/session.js';
import { controlVariables } from '../../server/session/variables.js';
import { epochAfterActivity } from '../../server/sidecar/epoch.js';
import { openGate } from './gate.js';

/** Which attempt it is. Numbers of one direction never come again in an operation. */
export interface SwitchKey {
  readonly operationId: string;
  readonly direction: 'forward' | 'reverse';
  readonly attempt: number;
}

export interface SwitchedEntry {
  readonly outcome: 'switched';
  readonly attempt: number;
  /** What this cluster had executed at the switch, as a GTID set: where replication in the other direction starts. */
  readonly position: string;
  /** ISO time. */
  readonly at: string;
}

export type JournalEntry = SwitchedEntry | { readonly outcome: 'aborted'; readonly at: string };

/** The last attempt in this direction that has switched, on the cluster that got the writes; undefined where none has. */
export async function lastSwitched(
  session: Session,
  operationId: string,
  direction: SwitchKey['direction'],
): Promise<SwitchedEntry | undefined> {
  const [row] = await session.rows<{ attempt: number; position: string; at: string }>(
    `SELECT attempt, position, ${isoTime} AS at FROM _switchyard.switch_journal
      WHERE operation_id = ? AND direction = ? AND outcome = 'switched' ORDER BY attempt DESC LIMIT 1`,
    [operationId, direction],
  );
  return row === undefined ? undefined : { outcome: 'switched', ...row };
}

const isoTime = "DATE_FORMAT(at, '%Y-%m-%dT%H:%i:%s.%fZ')";

export interface JournalOptions {
  /** How long to wait for what it needs: short for an attempt, which blocks writers meanwhile. */
  readonly lockWaitSeconds?: number;
}

export class Journal {
  readonly #session: Session;
  readonly #key: SwitchKey;
  #ping: NodeJS.Timeout | undefined;
  #isAsked = false;

  private constructor(session: Session, key: SwitchKey) {
    this.#session = session;
    this.#key = key;
    this.#keepAlive();
  }

  /**
   * Opens a connection of its own to the cluster that gets the writes. The server ends it when it hears nothing, and with
   * it the transaction of a frozen worker, for which the other side would wait.
   */
  static async open(cluster: ClusterSettings, key: SwitchKey, options: JournalOptions = {}): Promise<Journal> {
    const { lockWaitSeconds = journalLockWaitSeconds } = options;
    const session = await Session.open(cluster, {
      ...controlVariables,
      wait_timeout: journalSilenceSeconds,
      net_read_timeout: journalSilenceSeconds,
      net_write_timeout: journalSilenceSeconds,
      innodb_lock_wait_timeout: lockWaitSeconds,
      ...(options.lockWaitSeconds === undefined ? {} : { lock_wait_timeout: lockWaitSeconds }),
    });
    return new Journal(session, key);
  }

  /** Whether a COMMIT was sent: until then a call that throws has decided nothing. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  async close(): Promise<void> {
    clearInterval(this.#ping);
    await this.#session.close();
  }

  /**
   * Writes `switched` if this run is the newest, opens the gate here, and closes the stream that has ended here: no run of
   * this activity or of an older one can write any more. Repeated, it answers the same. `aborted` means that somebody else undoes it.
   * @throws FENCED; anything else leaves the outcome open: `read` on a new connection.
   */
  commitSwitched(token: string): Promise<JournalEntry> {
    return this.#decide(async (found, epoch) => {
      if (found !== undefined) return found;
      if (epoch !== BigInt(token)) throw new SwitchyardError('FENCED', { token });
      const entry = await this.#write('switched', token);
      await openGate(this.#session, this.#key.operationId);
      await this.#setEpoch(epochAfterActivity(token));
      // The next stream of this direction begins where the switch back ends.
      await this.#session.run('DELETE FROM _switchyard.streams WHERE operation_id = ?', [this.#key.operationId]);
      return entry;
    });
  }

  /**
   * Writes `aborted` unless it was switched. When it answers `aborted`, this run is the newest, no other can switch any
   * more, and it may undo; when it answers `switched`, it has to go forward. Repeatable.
   * @throws FENCED where a newer run undoes; anything else leaves the outcome open: call it again.
   */
  commitAborted(token: string): Promise<JournalEntry> {
    return this.#decide(async (found, epoch) => {
      if (found?.outcome !== 'switched' && epoch > BigInt(token)) throw new SwitchyardError('FENCED', { token });
      const entry = found ?? (await this.#write('aborted', token));
      if (epoch < BigInt(token)) await this.#setEpoch(token);
      return entry;
    });
  }

  /**
   * What is committed, once no transaction that may be about to commit is left: a COMMIT of a dead client goes on.
   * `nothing` is true now and may not be in a moment.
   * @throws the driver's error while such a transaction does not end: nobody can tell then.
   */
  read(): Promise<JournalEntry | { readonly outcome: 'nothing' }> {
    return this.#underEpoch('SHARE', async () => (await this.#find()) ?? { outcome: 'nothing' });
  }

  #decide(choose: (found: JournalEntry | undefined, epoch: bigint) => Promise<JournalEntry>): Promise<JournalEntry> {
    return this.#underEpoch('UPDATE', async (epoch) => choose(await this.#find(), epoch));
  }

  /** One transaction that begins with the epoch's lock; silent while it lasts, so that a frozen one is ended. */
  async #underEpoch<Result>(lock: 'SHARE' | 'UPDATE', work: (epoch: bigint) => Promise<Result>): Promise<Result> {
    const { operationId } = this.#key;
    clearInterval(this.#ping);
    try {
      await this.#session.run('START TRANSACTION');
      const [row] = await this.#session.rows<{ epoch: string }>(
        `SELECT CAST(epoch AS CHAR) AS epoch FROM _switchyard.operations WHERE operation_id = ? FOR ${lock}`,
        [operationId],
      );
      if (row === undefined) throw new SwitchyardError('UNKNOWN_OPERATION', { operation: operationId });
      const result = await work(BigInt(row.epoch));
      this.#isAsked = true;
      await this.#session.run('COMMIT');
      this.#keepAlive();
      return result;
    } catch (error) {
      await this.#session.run('ROLLBACK').catch(() => this.#session.destroy());
      if (!this.#session.closed) this.#keepAlive();
      throw error;
    }
  }

  /**
   * The position is read under the epoch's lock, before anybody but the feed can write here: it never contains a write
   * of the application. A transaction of the feed that ends in this very moment may be missing; reading its rows again is
   * harmless.
   */
  async #write(outcome: 'switched' | 'aborted', token: string): Promise<JournalEntry> {
    const position = outcome === 'switched' ? '@@GLOBAL.gtid_executed' : 'NULL';
    await this.#session.run(
      `INSERT INTO _switchyard.switch_journal (operation_id, direction, attempt, outcome, token, position, at)
       VALUES (?, ?, ?, ?, ?, ${position}, UTC_TIMESTAMP(6))`,
      [...this.#keyValues(), outcome, token],
    );
    const entry = await this.#find();
    if (entry === undefined) throw new SwitchyardError('UNEXPECTED', { problem: 'a row of the journal is not there' });
    return entry;
  }

  async #find(): Promise<JournalEntry | undefined> {
    const [row] = await this.#session.rows<{ outcome: JournalEntry['outcome']; position: string | null; at: string }>(
      `SELECT outcome, position, ${isoTime} AS at FROM _switchyard.switch_journal
        WHERE operation_id = ? AND direction = ? AND attempt = ?`,
      this.#keyValues(),
    );
    if (row === undefined) return undefined;
    const { outcome, position, at } = row;
    const { attempt } = this.#key;
    return outcome === 'switched' ? { outcome, attempt, position: position ?? '', at } : { outcome, at };
  }

  async #setEpoch(epoch: string): Promise<void> {
    const { operationId } = this.#key;
    await this.#session.run('UPDATE _switchyard.operations SET epoch = ? WHERE operation_id = ?', [epoch, operationId]);
  }

  #keyValues(): readonly SqlValue[] {
    const { operationId, direction, attempt } = this.#key;
    return [operationId, direction, attempt];
  }

  /** The limit on silence is for a frozen worker; while we live and only wait to be asked, the server hears from us. */
  #keepAlive(): void {
    clearInterval(this.#ping);
    this.#ping = setInterval(() => void this.#session.run('DO 0').catch(() => undefined), lockSessionPingMs);
  }
}
