/** One move inside its workflow (../operation/operation.ts), with its lifecycle and what people see of it. */
import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { MoveOperation, PreparedMove } from '../../contract/move/activities.js';
import type { MoveTablesDoctor, MoveTablesPlan, MoveTablesStatus } from '../../contract/move/status.js';
import { apply } from '../../lifecycle/move/apply.js';
import type { MoveCommand } from '../../lifecycle/move/command.js';
import type { MoveWork } from '../../lifecycle/move/decide.js';
import { decide } from '../../lifecycle/move/decide.js';
import type { MoveHappening } from '../../lifecycle/move/event.js';
import type { MoveState } from '../../lifecycle/move/state.js';
import { initialState } from '../../lifecycle/move/state.js';
import type { OutboxEntry } from '../../lifecycle/operation/state.js';
import type { AuditSubject } from '../operation/audit-trail.js';
import { Operation, type Waking } from '../operation/operation.js';
import { readMoveRequest, type MoveRequest } from './request.js';
import { moveDetailsOf } from './details.js';
import { moveDoctorOf } from './doctor.js';
import { movePlanOf, moveStatusOf } from './status.js';

/** What a continued run gets from the one before. Additive: fields that an older run did not have get their first value. */
export interface CarriedMove {
  readonly state: MoveState;
  readonly prepared: PreparedMove | null;
  /** Lines of the audit log that are still to be sent. */
  readonly auditLines: readonly OutboxEntry[];
}

export class Move extends Operation<MoveState, MoveHappening, Omit<MoveCommand, 'id'>> {
  readonly request: MoveRequest;
  private plan: PreparedMove | null;

  constructor(
    readonly input: unknown,
    carried: CarriedMove | undefined,
  ) {
    super({ ...initialState, ...carried?.state });
    this.request = readMoveRequest(input);
    this.plan = carried?.prepared ?? null;
    this.showDetails();
    this.audit.add(carried?.auditLines ?? []);
  }

  /** What the preparation told; null before it has succeeded. */
  get prepared(): PreparedMove | null {
    return this.plan;
  }

  get carried(): CarriedMove {
    return { state: this.state, prepared: this.plan, auditLines: this.audit.left };
  }

  get status(): MoveTablesStatus {
    return moveStatusOf(this.request, this.plan, this.state);
  }

  get planned(): MoveTablesPlan {
    return movePlanOf(this.request, this.plan, this.state);
  }

  get doctor(): MoveTablesDoctor {
    return moveDoctorOf(this.plan === null ? null : this.operation, this.state, workflowInfo());
  }

  /** Which move, for its activities. */
  get operation(): MoveOperation {
    if (this.plan === null) throw new TypeError('nothing runs on a move before its preparation');
    const { operationId, source, target } = this.plan;
    return { operationId, sourceCluster: source.cluster, targetCluster: target.cluster };
  }

  /** Whether nothing runs in any lane. */
  get isIdle(): boolean {
    const { main, route, probe } = this.state.running;
    return main === null && route === null && probe === null;
  }

  /** What should be going on now. */
  decide(): MoveWork {
    return decide(this.state, Date.now());
  }

  /** Keeps what the preparation told; the event for the state is the caller's. */
  isPreparedAs(prepared: PreparedMove): void {
    this.plan = prepared;
  }

  /** What the timer is called that is waited with; null where only events are waited for. */
  get waking(): Waking | null {
    const { untilMs } = this.decide();
    if (untilMs === null) return null;
    const { unresolved, attemptsSinceAsked, terms } = this.state;
    const what =
      unresolved === null
        ? `back-off before attempt ${attemptsSinceAsked + 1} of ${terms?.switch.maxAttempts ?? 0} of ${this.request.name}`
        : `until it is asked again whether ${this.request.name} was switched`;
    return { untilMs, what };
  }

  protected override applied(state: MoveState, happening: MoveHappening, atMs: number): MoveState {
    return apply(state, { ...happening, atMs });
  }

  /** The target keeps the records of a move; the source, where the target does not answer. */
  protected override get auditSubject(): AuditSubject {
    if (this.plan === null) return null;
    const { loss, unreachable, stop } = this.state;
    const gone = loss !== null || unreachable.target !== null || stop?.skip.includes('target') === true;
    const { operationId, source, target } = this.plan;
    return { operationId, cluster: (gone ? source : target).cluster };
  }

  protected override showDetails(): void {
    setCurrentDetails(moveDetailsOf(this.status, workflowInfo()));
  }
}
