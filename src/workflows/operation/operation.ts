/**
 * One operation inside its workflow, whatever its kind: holds the state, applies events to it, and tells the rest of the
 * workflow (waiting callers, the audit log, the UI's page) what came of them. All decisions are in src/lifecycle.
 */
import { allHandlersFinished, condition, patched, workflowInfo } from '@temporalio/workflow';
import { decodePayload } from '../../contract/decode.js';
import type { CommandAnswer } from '../../contract/operation/commands.js';
import { waitsToldSchema } from '../../contract/operation/waits.js';
import { summaryBytesMax, untakenShownAfterMs } from '../../limits/workflows.js';
import { queueOf, type WorkKind } from '../../domain/work-kinds.js';
import type { Notice } from '../../contract/operation/notices.js';
import type { Outside } from '../../contract/operation/outside.js';
import { isoTime, type OutboxEntry } from '../../lifecycle/operation/state.js';
import { AuditTrail, type AuditSubject } from './audit-trail.js';
import { showInLists, type ListedPlace } from './lists.js';
import { noticeOf, type NoticeSubject } from './notice.js';
import { logLost, Notices, type CarriedNotices } from './notices.js';
import { lookOutside } from './outside.js';
import { tell, type Subject } from './telling.js';
import { cutToBytes } from './text.js';
import { completeAtMs, hasCome } from '../../lifecycle/operation/complete-at.js';
import type { CommonHappening } from '../../lifecycle/operation/event.js';
import type { Kind } from '../../lifecycle/operation/kind.js';
import { needsOperator } from '../../lifecycle/operation/needs-operator.js';
import { newsBetween, type News } from '../../lifecycle/operation/news.js';
import { notifiable } from '../../lifecycle/operation/notifiable.js';
import type { OperationState } from '../../lifecycle/operation/operation.js';
import type { Decision, AnyWork } from '../../lifecycle/operation/work.js';

/** The events that this makes by itself; `Given` is a command without its id. */
type OwnHappening<Given> = Extract<
  CommonHappening<never, Given & { readonly id: number }>,
  { readonly kind: 'command' | 'cancelRequested' | 'workedAgain' | 'momentCame' | 'waitsTold' | 'outboxTaken' }
>;

/** What a continued run gets from the one before. Additive: fields that an older run did not have get their first value. */
export interface Carried<State, Prepared> {
  readonly state: State;
  readonly prepared: Prepared | null;
  /** Lines of the audit log that are still to be sent. */
  readonly auditLines?: readonly OutboxEntry[];
  /** What was known of those who look from outside; a run that gets it looks again. */
  readonly outside?: Outside | null;
  /** Those that are still to be told. */
  readonly notices?: CarriedNotices;
}

/** Earlier versions stopped all work for the line that was on its way, and did nothing for who came meanwhile. */
const renewedBetweenLines = 'renewed-between-lines';

/** When to go on although nothing has happened (milliseconds since 1970), and what that timer is called. */
export interface Waking {
  readonly untilMs: number;
  readonly what: string;
}

/** `State`, `Prepared`, `Happening` and `Given` (a command without its id) are those of the kind. */
export abstract class Operation<State extends OperationState, Request, Prepared, Happening, Given> {
  protected readonly audit = new AuditTrail(() => this.auditSubject);
  private readonly notices: Notices;
  private current: State;
  private plan: Prepared | null;
  private outside: Outside | null;
  /** Earlier versions carry nothing of it, and their histories have no such look. */
  private readonly looksAgain: boolean;
  private changes = 0;
  private commands = 0;
  private readonly callers = new Map<number, (answer: CommandAnswer) => void>();

  /** @param request what can be told of the input before the preparation. */
  protected constructor(
    readonly input: unknown,
    readonly request: Request,
    initial: State,
    carried: Carried<State, Prepared> | undefined,
  ) {
    this.current = { ...initial, ...carried?.state };
    this.plan = carried?.prepared ?? null;
    this.outside = carried?.outside ?? null;
    this.looksAgain = carried?.outside !== undefined;
    this.notices = new Notices(
      () => this.outside?.notify,
      (notice, problem) => this.noticeLost(notice, problem),
      carried?.notices,
    );
    this.showDetails();
    this.audit.add(carried?.auditLines ?? []);
    this.notices.goOn();
  }

  protected abstract readonly kind: Kind<State>;
  /** What people call it, also before the preparation. */
  abstract get name(): string;
  /** The state after an event, by the lifecycle. */
  protected abstract applied(state: State, happening: Happening | OwnHappening<Given>, atMs: number): State;
  /** What should be going on now. */
  abstract decide(): Decision<AnyWork>;
  protected abstract worksAgain(atMs: number): boolean;
  /** What the timer is called that is set where nothing has failed. */
  protected abstract get waitsFor(): string;
  protected abstract get auditSubject(): AuditSubject;
  /** Where its tables are, or come from; null before the preparation. */
  protected abstract get cluster(): string | null;
  protected abstract showDetails(): void;
  protected abstract get place(): ListedPlace;
  abstract get status(): NoticeSubject['status'];

  get state(): State {
    return this.current;
  }

  /** What the preparation told; null before it has succeeded. */
  get prepared(): Prepared | null {
    return this.plan;
  }

  /** Keeps what the preparation told; the event for the state is the caller's. */
  isPreparedAs(prepared: Prepared): void {
    this.plan = prepared;
  }

  /** A worker has told who looks from outside. @param outside undefined where it is one of a version that says nothing. */
  isSeenFrom(outside: Outside | undefined): void {
    if (outside === undefined) return;
    this.outside = outside;
    this.changes += 1;
  }

  /** In a further run, where it may have changed; the first one is told with its preparation. */
  async lookOutside(): Promise<void> {
    if (this.looksAgain) this.isSeenFrom(await lookOutside());
  }

  /** Shows in Temporal's lists what has changed; to be called where things stay as they are for a while. */
  showInLists(): void {
    const { outside, kind, current: state } = this;
    if (outside === null) return;
    const shown = { phase: kind.phaseOf(state), needsOperator: needsOperator(kind, state), ...this.place };
    showInLists(outside.searchAttributes, shown);
  }

  get carried(): Carried<State, Prepared> {
    const { current: state, plan: prepared, outside } = this;
    return { state, prepared, auditLines: this.audit.left, outside, notices: this.notices.carried };
  }

  /** Whether it is over, once nothing runs. */
  get hasEnded(): boolean {
    return this.decide().main.kind === 'end';
  }

  /** Notes what time alone shows: that what has failed works again, that a moment has come. */
  lookAtTime(): void {
    if (this.worksAgain(Date.now())) this.happened({ kind: 'workedAgain' });
    if (hasCome(this.current, Date.now())) this.happened({ kind: 'momentCame' });
  }

  /** Work of this kind has begun as far as this workflow goes: its first word says that a worker has it. */
  async waitsForWorker(kind: WorkKind): Promise<void> {
    const { grant } = this.current;
    const since = isoTime(Date.now());
    const isTaken = (): boolean => {
      const { current } = this;
      return current.runningSinceMs === null || current.grant !== grant || current.waits?.grant === grant;
    };
    const summary = cutToBytes(`until a worker has taken the work on ${this.name}`, summaryBytesMax);
    if (await condition(isTaken, untakenShownAfterMs, { summary })) return;
    const why = `no worker has had a slot for it on the task queue ${queueOf(workflowInfo().taskQueue, kind)}`;
    this.happened({ kind: 'waitsTold', grant, waits: [{ for: 'worker', since, why }] });
  }

  /** When to go on although nothing has happened; null where only events are waited for. */
  get waking(): Waking | null {
    const untilMs = this.decide().untilMs ?? Infinity;
    const momentMs = completeAtMs(this.current) ?? Infinity;
    if (momentMs < untilMs) return { untilMs: momentMs, what: `until the completion of ${this.name} may be tried` };
    if (untilMs === Infinity) return null;
    const failing = this.kind.failing(this.current);
    if (failing === null) return { untilMs, what: this.waitsFor };
    const { since, failures, last } = failing.retrying;
    return { untilMs, what: `${this.name}: ${last.code}, failed ${failures} times since ${since}` };
  }

  /** Applies an event, now, and passes on what came of it. */
  happened(happening: Happening | OwnHappening<Given>): void {
    const atMs = Date.now();
    const next = this.applied(this.current, happening, atMs);
    const news = newsBetween(this.kind, this.current, next);
    this.current = this.applied(next, { kind: 'outboxTaken' }, atMs);
    this.changes += 1;
    for (const { id, answer } of next.outbox) {
      if (id === null) continue;
      this.callers.get(id)?.(answer);
      this.callers.delete(id);
    }
    this.audit.add(next.outbox);
    this.showDetails();
    tell(news, this.subject);
    this.notify(news, atMs);
  }

  /** Tells those who do not look, where there are any. */
  private notify(news: readonly News[], atMs: number): void {
    const told = this.outside?.notify;
    if (told === undefined) return;
    const { kind, name, place, status } = this;
    for (const one of notifiable(news, atMs, this.notices.series)) {
      if (!told.events.includes(one.event)) continue;
      const subject = { kind: kind.type, name, place, status };
      this.notices.add((number) => noticeOf(one, subject, number, isoTime(atMs)), one.series);
    }
  }

  /** Is on record, as what the system does by itself is (P9). */
  private noticeLost(notice: Notice, problem: string): void {
    logLost(notice, problem);
    const message = `${notice.event} (${notice.id}) was not told: ${problem}`;
    const answer = { outcome: 'refused', code: 'NOTICE_LOST', message, at: isoTime(Date.now()) } as const;
    this.audit.add([{ id: null, command: 'notify', via: 'system', by: null, reason: null, answer }]);
  }

  private get subject(): Subject {
    const { kind, name: operation, cluster } = this;
    return { kind: kind.type, operation, cluster, operationId: this.auditSubject?.operationId ?? null };
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

  /** An activity tells what it waits for; anything else under that name is nobody's command, and is passed over. */
  hear(payload: unknown): void {
    const told = decodePayload(waitsToldSchema, payload);
    if (!told.fits) return;
    this.happened({ kind: 'waitsTold', ...told.value });
  }

  /** Counts the events so far, for `nextChange`. */
  get revision(): number {
    return this.changes;
  }

  /** Waits for an event after `revision`, or until it is time to wake; null where it does not wait. */
  nextChange(revision: number, _renewing: boolean, waking: Waking | null): Promise<void> | null {
    return this.changedSince(revision, waking);
  }

  private async changedSince(revision: number, waking: Waking | null): Promise<void> {
    const changed = (): boolean => this.changes !== revision;
    if (waking === null) {
      await condition(changed);
      return;
    }
    const summary = cutToBytes(waking.what, summaryBytesMax);
    await condition(changed, Math.max(1, waking.untilMs - Date.now()), { summary });
  }

  /** Waits until every caller has its answer, and every notice and every line of the audit log is sent or given up. */
  async settled(): Promise<void> {
    await this.notices.settled();
    await this.audit.settled();
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
