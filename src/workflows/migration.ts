/**
 * One migration inside its workflow: holds the state, applies events to it, and tells the rest of the workflow (waiting
 * callers, the audit log, the UI's page) what came of them. All decisions are in src/lifecycle.
 */
import { allHandlersFinished, condition, patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { PreparedMigration } from '../contract/activities.js';
import type { CommandAnswer } from '../contract/commands.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../contract/status.js';
import { summaryBytesMax } from '../limits/lifecycle.js';
import { apply } from '../lifecycle/apply.js';
import type { Work } from '../lifecycle/decide.js';
import { decide } from '../lifecycle/decide.js';
import type { Command } from '../lifecycle/command.js';
import type { Happening } from '../lifecycle/event.js';
import { nextStep } from '../lifecycle/next-step.js';
import type { MigrationState, OutboxEntry } from '../lifecycle/state.js';
import { cutOverSettings, initialState } from '../lifecycle/state.js';
import { AuditTrail } from './audit-trail.js';
import { detailsOf } from './details.js';
import type { Request } from './request.js';
import { readRequest } from './request.js';
import { planOf, statusOf } from './status.js';
import { cutToBytes } from './text.js';

/** What a continued run gets from the one before. Additive: fields that an older run did not have get their first value. */
export interface CarriedMigration {
  readonly state: MigrationState;
  readonly prepared: PreparedMigration | null;
  /** Lines of the audit log that are still to be sent. */
  readonly auditLines?: readonly OutboxEntry[];
}

export class Migration {
  readonly request: Request;
  private current: MigrationState;
  private plan: PreparedMigration | null;
  private changes = 0;
  private commands = 0;
  private readonly callers = new Map<number, (answer: CommandAnswer) => void>();
  private readonly audit = new AuditTrail(() => this.plan);

  constructor(
    readonly input: unknown,
    carried: CarriedMigration | undefined,
  ) {
    this.request = readRequest(input);
    this.current = { ...initialState, ...carried?.state };
    this.plan = carried?.prepared ?? null;
    this.showDetails();
    this.audit.add(carried?.auditLines ?? []);
  }

  get state(): MigrationState {
    return this.current;
  }

  /** What the preparation told; null before it has succeeded. */
  get prepared(): PreparedMigration | null {
    return this.plan;
  }

  get carried(): CarriedMigration {
    return { state: this.current, prepared: this.plan, auditLines: this.audit.left };
  }

  get status(): OnlineDdlStatus {
    return statusOf(this.request, this.plan, this.current);
  }

  get planned(): OnlineDdlPlan {
    return planOf(this.request, this.plan, this.current);
  }

  /** The table as summaries name it, or the database while the table is not known. */
  get name(): string {
    return this.plan === null ? this.request.database : `${this.plan.database}.${this.plan.table}`;
  }

  /** What should be going on now. */
  decide(): Work {
    return decide(this.current, Date.now());
  }

  /** Applies an event, now, and passes on what came of it. */
  happened(happening: Happening): void {
    const atMs = Date.now();
    const next = apply(this.current, { ...happening, atMs });
    this.current = apply(next, { kind: 'outboxTaken', atMs });
    this.changes += 1;
    for (const { id, answer } of next.outbox) {
      if (id === null) continue;
      this.callers.get(id)?.(answer);
      this.callers.delete(id);
    }
    this.audit.add(next.outbox);
    this.showDetails();
  }

  /** Keeps what the preparation told; the event for the state is the caller's. */
  isPreparedAs(prepared: PreparedMigration): void {
    this.plan = prepared;
  }

  /** Carries out a command, synchronously; the promise is for its answer, and a Cancel does not take that away (P2). */
  ask(command: Omit<Command, 'id'>): Promise<CommandAnswer> {
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

  /** Waits for an event after `revision`, or until `untilMs` (milliseconds since 1970). */
  async nextChange(revision: number, untilMs: number | undefined): Promise<void> {
    const changed = (): boolean => this.changes !== revision;
    if (untilMs === undefined) {
      await condition(changed);
      return;
    }
    const { terms, attemptsSinceResume, cutOverChange } = this.current;
    const maxAttempts = terms === null ? 0 : cutOverSettings(terms, cutOverChange).maxAttempts;
    const what = `back-off before cut-over attempt ${attemptsSinceResume + 1} of ${maxAttempts} on ${this.name}`;
    const summary = cutToBytes(what, summaryBytesMax);
    await condition(changed, Math.max(1, untilMs - Date.now()), { summary });
  }

  /** Waits until every caller has its answer and every line of the audit log is sent or given up. */
  async settled(): Promise<void> {
    await condition(() => this.audit.isIdle && allHandlersFinished());
  }

  /**
   * Waits until a new run may take over: every caller has its answer, and no line is on its way to the audit log. Those
   * that wait are carried, or commands that keep coming would keep the history growing.
   */
  async readyForNewRun(): Promise<void> {
    if (!patched('audit-lines-carried')) return this.settled();
    this.audit.hold();
    await condition(() => !this.audit.isSending && allHandlersFinished());
  }

  /** After `readyForNewRun`, where something else came up. */
  staysInThisRun(): void {
    this.audit.goOn();
  }

  private showDetails(): void {
    setCurrentDetails(detailsOf(this.status, nextStep(this.current).command, workflowInfo().workflowId));
  }
}
