/** One migration inside its workflow (operation.ts), with its lifecycle and what people see of it. */
import { patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { PreparedMigration } from '../contract/activities.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../contract/status.js';
import { apply } from '../lifecycle/apply.js';
import type { Work } from '../lifecycle/decide.js';
import { decide } from '../lifecycle/decide.js';
import type { Command } from '../lifecycle/command.js';
import type { Happening } from '../lifecycle/event.js';
import { nextStep } from '../lifecycle/next-step.js';
import type { MigrationState, OutboxEntry } from '../lifecycle/state.js';
import { cutOverSettings, initialState } from '../lifecycle/state.js';
import type { AuditSubject } from './audit-trail.js';
import { detailsOf } from './details.js';
import { Operation, type Waking } from './operation.js';
import type { Request } from './request.js';
import { readRequest } from './request.js';
import { planOf, statusOf } from './status.js';

/** What a continued run gets from the one before. Additive: fields that an older run did not have get their first value. */
export interface CarriedMigration {
  readonly state: MigrationState;
  readonly prepared: PreparedMigration | null;
  /** Lines of the audit log that are still to be sent. */
  readonly auditLines?: readonly OutboxEntry[];
}

export class Migration extends Operation<MigrationState, Happening, Omit<Command, 'id'>> {
  readonly request: Request;
  private plan: PreparedMigration | null;

  constructor(
    readonly input: unknown,
    carried: CarriedMigration | undefined,
  ) {
    super({ ...initialState, ...carried?.state });
    this.request = readRequest(input);
    this.plan = carried?.prepared ?? null;
    this.showDetails();
    this.audit.add(carried?.auditLines ?? []);
  }

  /** What the preparation told; null before it has succeeded. */
  get prepared(): PreparedMigration | null {
    return this.plan;
  }

  get carried(): CarriedMigration {
    return { state: this.state, prepared: this.plan, auditLines: this.audit.left };
  }

  get status(): OnlineDdlStatus {
    return statusOf(this.request, this.plan, this.state);
  }

  get planned(): OnlineDdlPlan {
    return planOf(this.request, this.plan, this.state);
  }

  /** The table as summaries name it, or the database while the table is not known. */
  get name(): string {
    return this.plan === null ? this.request.database : `${this.plan.database}.${this.plan.table}`;
  }

  /** What should be going on now. */
  decide(): Work {
    return decide(this.state, Date.now());
  }

  /** Keeps what the preparation told; the event for the state is the caller's. */
  isPreparedAs(prepared: PreparedMigration): void {
    this.plan = prepared;
  }

  /** What the timer is called that `work` waits with; null where it waits for events only. */
  wakingFor(work: Work): Waking | null {
    if (work.kind !== 'synchronise' || work.untilMs === undefined) return null;
    const { terms, attemptsSinceResume, cutOverChange } = this.state;
    const maxAttempts = terms === null ? 0 : cutOverSettings(terms, cutOverChange).maxAttempts;
    const what = `back-off before cut-over attempt ${attemptsSinceResume + 1} of ${maxAttempts} on ${this.name}`;
    return { untilMs: work.untilMs, what };
  }

  override async readyForNewRun(canBeCarried: () => boolean): Promise<void> {
    return patched('audit-lines-carried') ? super.readyForNewRun(canBeCarried) : this.settled();
  }

  protected override applied(state: MigrationState, happening: Happening, atMs: number): MigrationState {
    return apply(state, { ...happening, atMs });
  }

  protected override get auditSubject(): AuditSubject {
    return this.plan;
  }

  protected override showDetails(): void {
    setCurrentDetails(detailsOf(this.status, nextStep(this.state).command, workflowInfo().workflowId));
  }
}
