/**
 * Sends commands and their answers to the audit log (P9), one after the other and beside the work: no answer waits for it.
 * A line that could not be written is put aside, and written once the log takes lines again, at the end at the latest; what
 * is given up after all is in the worker's log (and in the history).
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  log,
  patched,
  proxyActivities,
} from '@temporalio/workflow';
import type { OperationActivities } from '../../contract/operation/activities.js';
import type { AuditRequest } from '../../contract/operation/activities.js';
import {
  auditDeadlineMs,
  auditLinesCarriedMax,
  auditTimeoutMs,
  retryIntervalMs,
  summaryBytesMax,
} from '../../limits/workflows.js';
import type { OutboxEntry } from '../../lifecycle/operation/state.js';
import { cutToBytes } from './text.js';

/** The operation that the lines belong to; null while the preparation has not told it. */
export type AuditSubject = { readonly cluster: string; readonly operationId: string } | null;

const microsecondsMax = 999;

/** Earlier versions gave a line up that could not be written. */
const writtenLater = 'audit-lines-written-later';
/** And all lines at the end, also those that another cluster takes. */
const writtenElsewhere = 'audit-lines-written-elsewhere';

export class AuditTrail {
  private waiting: readonly OutboxEntry[] = [];
  /** Lines that could not be written. */
  private aside: readonly OutboxEntry[] = [];
  private sending = false;
  private ending = false;
  private held = false;
  private still = (): void => undefined;
  /** The time of the newest line, and how many lines before it had the same. */
  private newest = { at: '', before: 0 };

  constructor(private readonly subject: () => AuditSubject) {}

  /** Whether nothing is left to send; lines of an operation that never came to be are not sent at all. */
  get isIdle(): boolean {
    return !this.sending && (this.waiting.length === 0 || this.subject() === null);
  }

  get isSending(): boolean {
    return this.sending;
  }

  get isHeld(): boolean {
    return this.held;
  }

  /**
   * Sends nothing after the line that is being sent: a new run takes the others over, or `goOn` is called.
   * @param still called when that line is sent or given up.
   */
  hold(still: () => void = () => undefined): void {
    this.held = true;
    this.still = still;
  }

  goOn(): void {
    this.held = false;
    this.add([]);
  }

  /** The lines that a new run has to send: the newest, where there are more than a history should carry. */
  get left(): readonly OutboxEntry[] {
    return kept([...this.aside, ...this.waiting]);
  }

  /** Waits until every line is written or given up, and every caller has its answer. */
  async settled(): Promise<void> {
    this.ending = true;
    this.tryAgain();
    await condition(() => this.isIdle && allHandlersFinished());
  }

  /** Takes further lines (or none), and sends what can be sent. Never fails. */
  add(entries: readonly OutboxEntry[]): void {
    this.waiting = [...this.waiting, ...entries.map((entry) => this.distinct(entry))];
    if (!this.sending) void this.send();
  }

  /** The log knows a line by its time, which is one for all commands of a task: the later ones get microseconds. */
  private distinct(entry: OutboxEntry): OutboxEntry {
    const { at } = entry.answer;
    const before = at === this.newest.at ? this.newest.before + 1 : 0;
    this.newest = { at, before };
    if (before === 0) return entry;
    const microseconds = String(Math.min(before, microsecondsMax)).padStart(3, '0');
    return { ...entry, answer: { ...entry.answer, at: at.replace('Z', `${microseconds}Z`) } };
  }

  private async send(): Promise<void> {
    this.sending = true;
    for (;;) {
      const subject = this.subject();
      const [entry, ...rest] = this.waiting;
      if (this.held || subject === null || entry === undefined) break;
      this.waiting = rest;
      const outcome = await this.written(lineOf(subject, entry));
      if (outcome === 'written') this.tryAgain();
      else if (outcome === 'notNow') this.putAside(entry, subject.cluster);
    }
    this.sending = false;
    if (this.held) this.still();
  }

  /**
   * Temporal's own Cancel is on record, too, and so is what comes after it. Histories without the marker (temporal-cancel)
   * have no such line.
   */
  private written(line: AuditRequest): Promise<Outcome> {
    const cancelled = CancellationScope.current().consideredCancelled;
    return cancelled && patched('audit-after-cancel')
      ? CancellationScope.nonCancellable(() => record(line))
      : record(line);
  }

  /**
   * At the end nobody waits for a log that takes nothing: the others are not tried either. Where the log has moved meanwhile,
   * since its server is gone, that log has not been asked yet.
   */
  private putAside(entry: OutboxEntry, refusedBy: string): void {
    if (!this.ending) {
      this.aside = kept([...this.aside, entry]);
    } else if (this.subject()?.cluster !== refusedBy && patched(writtenElsewhere)) {
      this.waiting = [entry, ...this.waiting];
    } else if (patched(writtenLater)) {
      givenUp([...this.aside, entry, ...this.waiting]);
      this.aside = [];
      this.waiting = [];
    } else givenUp([entry]);
  }

  private tryAgain(): void {
    if (this.aside.length === 0 || !patched(writtenLater)) return;
    this.waiting = [...this.aside, ...this.waiting];
    this.aside = [];
    if (!this.sending) void this.send();
  }
}

type Outcome = 'written' | 'notNow' | 'refused';

/** The newest, where there are more than a history should carry. */
function kept(lines: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const more = lines.length - auditLinesCarriedMax;
  if (more > 0) givenUp(lines.slice(0, more));
  return lines.slice(-auditLinesCarriedMax);
}

function givenUp(lines: readonly OutboxEntry[]): void {
  for (const { command, via, by, reason, answer } of lines) {
    log.error('A line of the audit log is given up', { command, via, by, reason, ...answer });
  }
}

function lineOf(subject: NonNullable<AuditSubject>, entry: OutboxEntry): AuditRequest {
  const { command, via, by, reason, answer } = entry;
  const { cluster, operationId } = subject;
  const { outcome, message, at } = answer;
  return { cluster, operationId, command, via, by, reason, outcome, message, at };
}

async function record(line: AuditRequest): Promise<Outcome> {
  const { recordAudit } = proxyActivities<OperationActivities>({
    startToCloseTimeout: auditTimeoutMs,
    scheduleToCloseTimeout: auditDeadlineMs,
    retry: { initialInterval: retryIntervalMs },
    summary: cutToBytes(`audit: ${line.command} ${line.outcome}`, summaryBytesMax),
  });
  try {
    await recordAudit(line);
    return 'written';
  } catch (error) {
    const { cause } = error instanceof ActivityFailure ? error : { cause: undefined };
    const refused = cause instanceof ApplicationFailure && cause.nonRetryable === true;
    const what = refused
      ? 'A line of the audit log is refused'
      : 'A line of the audit log could not be written for now';
    log.warn(what, { ...line, problem: cause?.message ?? String(error) });
    return refused ? 'refused' : 'notNow';
  }
}
