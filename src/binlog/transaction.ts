/**
 * The transaction that is being read: where in it we are, and what is known about it at its end. An event that comes
 * where none of its kind may be is an error (P5): it would mean that something before it was misunderstood.
 */
import { gtidMissing, malformed } from './event-problem.js';
import type { FeedItem } from './feed-item.js';
import type { TransactionStart } from './gtid-event.js';

/** outside -> announced (its GTID was read) -> open (it has begun) -> outside; a DDL ends without being open. */
type Phase = 'outside' | 'announced' | 'open';

const phaseWords = { outside: 'outside', announced: 'at the start of', open: 'inside' } as const;

export class Transaction {
  #phase: Phase = 'outside';
  #gtid = '';
  #xid: string | undefined;
  #touched = false;
  #hasRows = false;
  #hasOthersChanges = false;
  #awaitsStatement = false;
  #guarded: string | undefined;
  #isSigned = false;

  /** The GTID of the open transaction, or of the last one. */
  get gtid(): string {
    return this.#gtid;
  }

  get isOutside(): boolean {
    return this.#phase === 'outside';
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** Fails where we are not in this phase; outside, that is because the GTID is missing. */
  require(phase: Phase): void {
    if (this.#phase === phase) return;
    this.requireInside();
    throw malformed(`it cannot come ${phaseWords[this.#phase]} a transaction`);
  }

  requireInside(): void {
    if (this.#phase === 'outside') throw gtidMissing();
  }

  announce({ gtid, committedAtMs, originatedAtMs }: TransactionStart): FeedItem {
    this.require('outside');
    this.#phase = 'announced';
    this.#gtid = gtid;
    this.#touched = false;
    this.#hasRows = false;
    this.#hasOthersChanges = false;
    this.#guarded = undefined;
    this.#isSigned = false;
    return { kind: 'begin', gtid, committedAtMs, originatedAtMs };
  }

  /** `xid` names an XA transaction. */
  open(xid?: string): void {
    this.#phase = 'open';
    this.#xid = xid;
  }

  /** The name of the open XA transaction; fails in any other one. */
  get xid(): string {
    if (this.#xid === undefined) throw malformed('a transaction is prepared that is not an XA transaction');
    return this.#xid;
  }

  /** @param guarded the table's name where only signed transactions may change it. */
  noteRows(isOwn: boolean, guarded?: string): void {
    this.#hasRows = true;
    this.#guarded ??= guarded;
    if (!isOwn) this.#hasOthersChanges = true;
  }

  /** What it has done so far is our own work. */
  noteSignature(): void {
    this.#isSigned = true;
  }

  noteKeys(): void {
    this.#touched = true;
  }

  /** Values for a statement were read (INTVAR, RAND, …), so the statement itself must come. */
  awaitStatement(): void {
    this.requireInside();
    this.#awaitsStatement = true;
  }

  /** The statement was read; whose tables it is about is not known here. */
  noteStatement(): void {
    this.#awaitsStatement = false;
    this.#hasOthersChanges = true;
  }

  end(): FeedItem {
    if (this.#awaitsStatement) throw malformed('there were values for a statement that did not come');
    this.#phase = 'outside';
    const own = this.#hasRows && !this.#hasOthersChanges;
    const intruded = this.#isSigned || this.#guarded === undefined ? {} : { intruded: this.#guarded };
    return { kind: 'end', gtid: this.#gtid, touched: this.#touched, own, ...intruded };
  }
}
