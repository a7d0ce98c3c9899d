/** One move inside its workflow (../operation/operation.ts), with its lifecycle and what people see of it. */
import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { MoveOperation, PreparedMove } from '../../contract/move/activities.js';
import type { MoveTablesDoctor, MoveTablesPlan, MoveTablesStatus } from '../../contract/move/status.js';
import { apply } from '../../lifecycle/move/apply.js';
import type { MoveCommand } from '../../lifecycle/move/command.js';
import type { MoveWork } from '../../lifecycle/move/decide.js';
import { decide, worksAgain } from '../../lifecycle/move/decide.js';
import type { MoveHappening } from '../../lifecycle/move/event.js';
import { move as kind } from '../../lifecycle/move/kind.js';
import { nextStep } from '../../lifecycle/move/next-step.js';
import { limitsOf } from '../../lifecycle/move/facts.js';
import type { MoveState } from '../../lifecycle/move/state.js';
import { initialState } from '../../lifecycle/move/state.js';
import type { AuditSubject } from '../operation/audit-trail.js';
import type { ListedPlace } from '../operation/lists.js';
import { Operation, type Carried, type Waking } from '../operation/operation.js';
import { readMoveRequest, type MoveRequest } from './request.js';
import { moveDetailsOf } from './details.js';
import { moveDoctorOf } from './doctor.js';
import { movePlanOf, moveStatusOf } from './status.js';

export type CarriedMove = Carried<MoveState, PreparedMove>;

export class Move extends Operation<MoveState, MoveRequest, PreparedMove, MoveHappening, Omit<MoveCommand, 'id'>> {
  protected override readonly kind = kind;

  constructor(input: unknown, carried: CarriedMove | undefined) {
    super(input, readMoveRequest(input), initialState, carried);
  }

  override get status(): MoveTablesStatus {
    return moveStatusOf(this.request, this.prepared, this.state);
  }

  get planned(): MoveTablesPlan {
    return movePlanOf(this.request, this.prepared, this.state);
  }

  get doctor(): MoveTablesDoctor {
    return moveDoctorOf(this.prepared === null ? null : this.operation, this.state, workflowInfo());
  }

  override get name(): string {
    return this.request.name;
  }

  /** Which move, for its activities. */
  get operation(): MoveOperation {
    if (this.prepared === null) throw new TypeError('nothing runs on a move before its preparation');
    const { operationId, source, target } = this.prepared;
    return { operationId, sourceCluster: source.cluster, targetCluster: target.cluster };
  }

  override decide(): MoveWork {
    return decide(this.state, Date.now());
  }

  /** What was started is an event, too, and may want something else at once. */
  override nextChange(revision: number, renewing: boolean, waking: Waking | null): Promise<void> | null {
    return revision === this.revision ? super.nextChange(revision, renewing, renewing ? null : waking) : null;
  }

  protected override applied(state: MoveState, happening: MoveHappening, atMs: number): MoveState {
    return apply(state, { ...happening, atMs });
  }

  protected override worksAgain(atMs: number): boolean {
    return worksAgain(this.state, atMs);
  }

  protected override get waitsFor(): string {
    const { unresolved, attemptsSinceAsked } = this.state;
    return unresolved === null
      ? `back-off before attempt ${attemptsSinceAsked + 1} of ${limitsOf(this.state)?.maxAttempts ?? 0} of ${this.name}`
      : `until it is asked again whether ${this.name} was switched`;
  }

  /** The target keeps the records of a move; the source, where the target does not answer. */
  protected override get auditSubject(): AuditSubject {
    if (this.prepared === null) return null;
    const { loss, unreachable, stop } = this.state;
    const gone = loss !== null || unreachable.target !== null || stop?.skip.includes('target') === true;
    const { operationId, source, target } = this.prepared;
    return { operationId, cluster: (gone ? source : target).cluster };
  }

  protected override get cluster(): string | null {
    return this.prepared?.source.cluster ?? null;
  }

  protected override get place(): ListedPlace {
    const { prepared, request, state } = this;
    const { source, target } = prepared ?? request;
    const { tables = [] } = state.terms ?? {};
    return {
      clusters: [source.cluster, target.cluster],
      tables: tables.flatMap((table) => [source, target].map(({ database }) => ({ database, table }))),
    };
  }

  protected override showDetails(): void {
    setCurrentDetails(moveDetailsOf(this.status, nextStep(this.state).possible, workflowInfo()));
  }
}
