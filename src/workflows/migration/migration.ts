/** One migration inside its workflow (../operation/operation.ts), with its lifecycle and what people see of it. */
import { deprecatePatch, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { PreparedMigration } from '../../contract/migration/activities.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../../contract/migration/status.js';
import { apply } from '../../lifecycle/migration/apply.js';
import { decide, worksAgain } from '../../lifecycle/migration/decide.js';
import type { Command } from '../../lifecycle/migration/command.js';
import type { Happening } from '../../lifecycle/migration/event.js';
import { migration as kind } from '../../lifecycle/migration/kind.js';
import { nextStep } from '../../lifecycle/migration/next-step.js';
import type { MigrationState } from '../../lifecycle/migration/state.js';
import { initialState } from '../../lifecycle/migration/state.js';
import { limitsOf } from '../../lifecycle/migration/facts.js';
import type { AuditSubject } from '../operation/audit-trail.js';
import { detailsOf } from './details.js';
import type { ListedPlace } from '../operation/lists.js';
import { Operation, type Carried } from '../operation/operation.js';
import type { Request } from './request.js';
import { readRequest } from './request.js';
import { planOf, statusOf } from './status.js';
import type { Activity } from '../../lifecycle/migration/activity.js';
import type { Decision } from '../../lifecycle/operation/work.js';

export type CarriedMigration = Carried<MigrationState, PreparedMigration>;

/** Recorded histories have this marker where `cancel` meets an unclear attempt; nothing depends on it any more. */
function markCancelOfUnclear({ stop, running }: MigrationState, { kind }: Happening): void {
  if (kind !== 'activityFailed' || stop === null || running?.kind !== 'resolveCutOver') return;
  deprecatePatch('cancel-ends-unclear');
}

export class Migration extends Operation<MigrationState, Request, PreparedMigration, Happening, Omit<Command, 'id'>> {
  protected override readonly kind = kind;

  constructor(input: unknown, carried: CarriedMigration | undefined) {
    super(input, readRequest(input), initialState, carried);
  }

  override get status(): OnlineDdlStatus {
    return statusOf(this.request, this.prepared, this.state);
  }

  get planned(): OnlineDdlPlan {
    return planOf(this.request, this.prepared, this.state);
  }

  /** The table, or the database while the table is not known. */
  override get name(): string {
    return this.prepared === null ? this.request.database : `${this.prepared.database}.${this.prepared.table}`;
  }

  override decide(): Decision<Activity> {
    return decide(this.state, Date.now());
  }

  override async readyForNewRun(canBeCarried: () => boolean): Promise<void> {
    // Recorded histories have this marker; nothing depends on it any more.
    deprecatePatch('audit-lines-carried');
    return super.readyForNewRun(canBeCarried);
  }

  protected override applied(state: MigrationState, happening: Happening, atMs: number): MigrationState {
    markCancelOfUnclear(state, happening);
    return apply(state, { ...happening, atMs });
  }

  protected override worksAgain(atMs: number): boolean {
    return worksAgain(this.state, atMs);
  }

  protected override get waitsFor(): string {
    const next = this.state.attemptsSinceResume + 1;
    return `back-off before cut-over attempt ${next} of ${limitsOf(this.state)?.maxAttempts ?? 0} on ${this.name}`;
  }

  protected override get auditSubject(): AuditSubject {
    return this.prepared;
  }

  protected override get cluster(): string | null {
    return this.prepared?.cluster ?? null;
  }

  protected override get place(): ListedPlace {
    const { prepared, request } = this;
    return {
      clusters: [request.cluster],
      tables: prepared === null ? [] : [prepared],
    };
  }

  protected override showDetails(): void {
    setCurrentDetails(detailsOf(this.status, nextStep(this.state).possible, workflowInfo()));
  }
}
