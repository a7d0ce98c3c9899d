/** One migration inside its workflow (../operation/operation.ts), with its lifecycle and what people see of it. */
import { log, patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { PreparedMigration } from '../../contract/migration/activities.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../../contract/migration/status.js';
import { apply } from '../../lifecycle/migration/apply.js';
import type { Work } from '../../lifecycle/migration/decide.js';
import { decide, worksAgain } from '../../lifecycle/migration/decide.js';
import type { Command } from '../../lifecycle/migration/command.js';
import type { Happening } from '../../lifecycle/migration/event.js';
import { nextStep } from '../../lifecycle/migration/next-step.js';
import type { MigrationState } from '../../lifecycle/migration/state.js';
import type { OutboxEntry } from '../../lifecycle/operation/state.js';
import { initialState } from '../../lifecycle/migration/state.js';
import { cutOverSettings } from '../../lifecycle/migration/facts.js';
import { isoTime } from '../../lifecycle/operation/state.js';
import type { AuditSubject } from '../operation/audit-trail.js';
import { detailsOf } from './details.js';
import { Operation, type Waking } from '../operation/operation.js';
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

/** In histories of the first versions `cancel` did not end a migration whose last attempt is unclear. */
function versionOf({ stop, running }: MigrationState, happening: Happening): { readonly asFirstVersions?: true } {
  const { kind } = happening;
  if (kind !== 'activityFailed' || stop === null || running?.kind !== 'resolveCutOver') return {};
  return patched('cancel-ends-unclear') ? {} : { asFirstVersions: true };
}

/** One line for each failure that is tried again or that a person has to look at (P11). */
function logFailure(before: MigrationState, after: MigrationState, migration: string): void {
  const { retrying, trouble } = after;
  if (retrying !== null && retrying.failures !== before.retrying?.failures) {
    const { since, failures, last, nextAtMs } = retrying;
    const { code, message } = last;
    const nextAt = isoTime(nextAtMs);
    log.warn('Work has failed and is tried again', { migration, code, message, since, failures, nextAt });
  }
  if (trouble !== null && before.trouble === null) {
    const { code, message } = trouble;
    log.warn('Work has failed and waits for a person', { migration, code, message });
  }
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

  /** Notes that what has failed works again, which time alone shows. */
  lookAtTime(): void {
    if (worksAgain(this.state, Date.now())) this.happened({ kind: 'workedAgain' });
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
    if (work.untilMs === undefined) return null;
    const { retrying, terms, attemptsSinceResume, cutOverChange } = this.state;
    if (retrying !== null) {
      const what = `${this.name}: ${retrying.last.code}, failed ${retrying.failures} times since ${retrying.since}`;
      return { untilMs: work.untilMs, what };
    }
    const maxAttempts = terms === null ? 0 : cutOverSettings(terms, cutOverChange).maxAttempts;
    const what = `back-off before cut-over attempt ${attemptsSinceResume + 1} of ${maxAttempts} on ${this.name}`;
    return { untilMs: work.untilMs, what };
  }

  override async readyForNewRun(canBeCarried: () => boolean): Promise<void> {
    return patched('audit-lines-carried') ? super.readyForNewRun(canBeCarried) : this.settled();
  }

  protected override applied(state: MigrationState, happening: Happening, atMs: number): MigrationState {
    const next = apply(state, { ...happening, ...versionOf(state, happening), atMs });
    logFailure(state, next, this.name);
    return next;
  }

  protected override get auditSubject(): AuditSubject {
    return this.plan;
  }

  protected override showDetails(): void {
    setCurrentDetails(detailsOf(this.status, nextStep(this.state).command, workflowInfo()));
  }
}
