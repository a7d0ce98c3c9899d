/**
 * One operation inside its workflow, whatever its kind: holds the state, applies events to it, and tells the rest of the
 * workflow (waiting callers, the audit log, the UI's page) what came of them. All decisions are in src/lifecycle.
 */
import { allHandlersFinished, condition, patched, workflowInfo } from '@temporalio/workflow';
import type { CommandAnswer } from '../../contract/operation/commands.js';
import { summaryBytesMax } from '../../limits/lifecycle.js';
import type { OutboxEntry } from '../../lifecycle/operation/state.js';
import { AuditTrail, type AuditSubject } from './audit-trail.js';
import { cutToBytes } from './text.js';

/** The events that every kind of operation knows; `Given` is a command without its id. */
export type CommonHappening<Given> =
  | { readonly kind: 'command'; readonly command: Given & { readonly id: number } }
  | { readonly kind: 'cancelRequested' }
  | { readonly kind: 'outboxTaken' };

/** Earlier versions stopped all work for the line that was on its way, and did nothing for who came meanwhile. */
const renewedBetweenLines = 'renewed-between-lines';

/** When to go on although nothing has happened (milliseconds since 1970), and what that timer is called. */
export interface Waking {
  readonly untilMs: number;
  readonly what: string;
}

export abstract class Operation<State extends { readonly outbox: readonly OutboxEntry[] }, Happening, Given> {
  protected readonly audit = new AuditTrail(() => this.auditSubject);
  private changes = 0;
  private commands = 0;
  private readonly callers = new Map<number, (answer: CommandAnswer) => void>();

  protected constructor(private current: State) {}

  /** The state after an event, by the lifecycle. */
  protected abstract applied(state: State, happening: Happening | CommonHappening<Given>, atMs: number): State;
  protected abstract get auditSubject(): AuditSubject;
  protected abstract showDetails(): void;

  get state(): State {
    return this.current;
  }

  /** Applies an event, now, and passes on what came of it. */
  happened(happening: Happening | CommonHappening<Given>): void {
    const atMs = Date.now();
    const next = this.applied(this.current, happening, atMs);
    this.current = this.applied(next, { kind: 'outboxTaken' }, atMs);
    this.changes += 1;
    for (const { id, answer } of next.outbox) {
      if (id === null) continue;
      this.callers.get(id)?.(answer);
      this.callers.delete(id);
    }
    this.audit.add(next.outbox);
    this.showDetails();
  }

  /** Carries out a command, synchronously; the promise is for its answer, and a Cancel does not take that away (P2). */
  ask(command: Given): Promise<CommandAnswer> {
    this.commands += 1;
    const id = this.commands;
    return new Promise((resolve) => {
      this.callers.set(id, resolve);
      this.happened({ kind: 'command', command: { ...command, id } });
    });
  }

  /** Counts the events so far, for `nextChange`. */
  get revision(): number {
    return this.changes;
  }

  /** Waits for an event after `revision`, or until it is time to wake. */
  async nextChange(revision: number, waking: Waking | null): Promise<void> {
    const changed = (): boolean => this.changes !== revision;
    if (waking === null) {
      await condition(changed);
      return;
    }
    const summary = cutToBytes(waking.what, summaryBytesMax);
    await condition(changed, Math.max(1, waking.untilMs - Date.now()), { summary });
  }

  /** Waits until every caller has its answer and every line of the audit log is sent or given up. */
  async settled(): Promise<void> {
    await condition(() => this.audit.isIdle && allHandlersFinished());
  }

  /**
   * Whether what runs is to end now for a new run. It goes on while a line is on its way to the audit log, which may take
   * long; the lines behind that one wait, and are carried, or commands that keep coming would keep the history growing.
   */
  isRenewed(canBeCarried: boolean): boolean {
    if (!workflowInfo().continueAsNewSuggested || !canBeCarried) {
      this.staysInThisRun();
      return false;
    }
    if (!this.audit.isSending || !patched(renewedBetweenLines)) return true;
    this.audit.hold(() => {
      this.changes += 1;
    });
    return false;
  }

  /**
   * Waits until a new run may take over: every caller has its answer, and no line is on its way to the audit log; or until
   * a command has come that waits for work of this run, since nothing works for it while this is waited for.
   */
  async readyForNewRun(canBeCarried: () => boolean): Promise<void> {
    this.audit.hold();
    const ready = (): boolean => !this.audit.isSending && allHandlersFinished();
    await condition(() => ready() || (!canBeCarried() && patched(renewedBetweenLines)));
  }

  /** After `readyForNewRun`, where something else came up. */
  staysInThisRun(): void {
    if (this.audit.isHeld) this.audit.goOn();
  }
}
