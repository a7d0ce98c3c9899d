/** The retained tables of one operation inside their workflow: holds the state and shows it. */
import { condition, defineQuery, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { decodePayload } from '../contract/decode.js';
import {
  tableCleanupCommandDescriptions,
  tableCleanupCommandSchemas,
  type CleanedTables,
  type TableCleanupInput,
  type TableCleanupStatus,
} from '../contract/retained-table.js';
import { detailsBytesMax, dropAtMsMax, summaryBytesMax } from '../limits/workflows.js';
import { recordedName } from '../lifecycle/operation/dry-run.js';
import { failedAgain, isRepeated, remedyOf, type Retrying } from '../lifecycle/operation/retrying.js';
import type { News } from '../lifecycle/operation/news.js';
import { isoTime, type Failure, type OutboxEntry } from '../lifecycle/operation/state.js';
import { reactToCleanupCommand, type TableCleanupPhase, type TableCleanupState } from '../lifecycle/retained-table.js';
import { AuditTrail } from './operation/audit-trail.js';
import { endWithoutResult, failureOf } from './operation/failures.js';
import { receiveCommands } from './operation/messages.js';
import { commandLine, pageOf } from './operation/page.js';
import { retryingOf } from './operation/status.js';
import { tell, type Subject } from './operation/telling.js';
import { tellTables } from './operation/telling-beside.js';
import { cutToBytes, tableCell } from './operation/text.js';

const nextSteps: Readonly<Record<TableCleanupPhase, (one: boolean) => string>> = {
  waiting: (one) =>
    one
      ? 'Nothing: it is dropped by itself. keepRetained keeps it for good, dropRetained drops it now.'
      : 'Nothing: they are dropped by themselves. keepRetained keeps them, or those that it names, for good; dropRetained drops them now.',
  dropping: (one) => `Nothing: ${one ? 'it is' : 'they are'} being dropped.`,
  dropped: (one) => `Nothing: ${one ? 'it is' : 'they are'} gone.`,
  kept: (one) => `Nothing: ${one ? 'it is' : 'they are'} yours to drop.`,
};

const nothingYet: CleanedTables = { dropped: 0, alreadyGone: 0, kept: [] };

export class Cleanup {
  private current: TableCleanupState;
  private lastCommand: TableCleanupStatus['lastCommand'] = null;
  private retrying: Retrying<'drop'> | null = null;
  private busy: readonly string[] = [];
  private counts: Pick<CleanedTables, 'dropped' | 'alreadyGone'>;
  readonly dropAtMs: number;
  readonly audit: AuditTrail;

  /** @param before what earlier runs have done. */
  constructor(
    private readonly input: TableCleanupInput,
    before: CleanedTables = nothingYet,
  ) {
    const { tables = [input.retainedTable], completedAt, retainForMs } = input;
    this.current = { phase: 'waiting', since: isoTime(Date.now()), left: tables, kept: before.kept };
    this.counts = before;
    this.dropAtMs = Math.min(Date.parse(completedAt) + retainForMs, dropAtMsMax);
    this.audit = new AuditTrail(() => input);
    this.showDetails();
  }

  get phase(): TableCleanupPhase {
    return this.current.phase;
  }

  /** What is still to be dropped. */
  get left(): readonly string[] {
    return this.current.left;
  }

  get cleaned(): CleanedTables {
    const { dropped, alreadyGone } = this.counts;
    return { dropped, alreadyGone, kept: this.current.kept };
  }

  /** What it is about, in a few words. */
  get title(): string {
    const { retainedTable, tables = [] } = this.input;
    return tables.length > 1 ? `${retainedTable} and ${tables.length - 1} more` : retainedTable;
  }

  get status(): TableCleanupStatus {
    const { cluster, database, operationId, retainedTable } = this.input;
    const { phase, left } = this.current;
    const failing = phase === 'dropping' ? this.retrying : null;
    const isIdle = this.busy.length === 0;
    return {
      ...{ version: 1, phase, cluster, database, operationId, retainedTable },
      tables: { left, ...this.cleaned },
      dropAt: isoTime(this.dropAtMs),
      lastCommand: this.lastCommand,
      retrying: retryingOf(failing === null ? null : { retrying: failing, isIdle }),
      nextStep: failing === null ? nextSteps[phase](this.isOne) : failingStep(failing.last),
    };
  }

  enter(phase: TableCleanupPhase): void {
    this.become({ ...this.current, phase, since: isoTime(Date.now()) });
  }

  /** Drops `tables` by `work`; null where that has failed and is to be tried again, after the others. */
  async try<Result>(tables: readonly string[], work: () => Promise<Result>): Promise<Result | null> {
    this.busy = tables;
    this.showDetails();
    try {
      const result = await work();
      if (this.retrying !== null) {
        const { since, failures } = this.retrying;
        this.tell({ kind: 'worksAgain', since, failures });
      }
      this.retrying = null;
      return result;
    } catch (error) {
      const failure = failureOf('dropRetainedTable', endWithoutResult(error));
      if (!isRepeated(failure)) throw error;
      this.retrying = failedAgain(this.retrying, 'drop', failure, Date.now());
      const { since, failures, nextAtMs } = this.retrying;
      const { code, message } = failure;
      this.tell({ kind: 'retrying', since, failures, code, message, nextAt: isoTime(nextAtMs) });
      this.become({ ...this.current, left: [...without(this.left, tables), ...tables] });
      return null;
    } finally {
      this.busy = [];
      this.showDetails();
    }
  }

  /** These are not to be dropped any more. */
  isDone(tables: readonly string[], counts: Pick<CleanedTables, 'dropped' | 'alreadyGone'>): void {
    const before = this.cleaned;
    const { dropped, alreadyGone } = this.counts;
    this.counts = { dropped: dropped + counts.dropped, alreadyGone: alreadyGone + counts.alreadyGone };
    tellTables(before, this.cleaned, this.subject);
    this.become({ ...this.current, left: without(this.left, tables) });
  }

  /** Waits until dropping is to be tried again, or a command says what is to become of the tables. */
  async wait(): Promise<void> {
    const { retrying, current } = this;
    if (retrying === null) return;
    const summary = cutToBytes(`${retrying.last.code}: it is tried again`, summaryBytesMax);
    await condition(() => this.current !== current, Math.max(1, retrying.nextAtMs - Date.now()), { summary });
  }

  receive(): void {
    setHandler(defineQuery<TableCleanupStatus>('status'), () => this.status, {
      description: 'Phase, when it is dropped, and the next step. No input.',
    });
    receiveCommands({
      descriptions: tableCleanupCommandDescriptions,
      decode: (name, payload) => decodePayload<unknown>(tableCleanupCommandSchemas[name], payload),
      take: ({ name, via, by, reason, dryRun, fields }) => {
        const tables = fields['tables'] as readonly string[] | undefined;
        const asked = { name, dryRun, tables };
        const { state, answer } = reactToCleanupCommand(this.current, asked, Date.now(), this.busy);
        this.become(state);
        this.answered({ id: null, command: recordedName(name, dryRun), via, by, reason, answer }, name);
        return Promise.resolve(answer);
      },
      refuse: ({ name: command, via, by, reason, code, message }) => {
        const answer = { outcome: 'refused', code, message, at: isoTime(Date.now()) } as const;
        this.answered({ id: null, command, via, by, reason, answer }, command);
      },
    });
  }

  private get isOne(): boolean {
    return (this.input.tables ?? []).length <= 1;
  }

  private become(state: TableCleanupState): void {
    const { phase: from } = this.current;
    const before = this.cleaned;
    this.current = state;
    if (from !== state.phase) this.tell({ kind: 'phaseChanged', from, to: state.phase });
    tellTables(before, this.cleaned, this.subject);
    this.showDetails();
  }

  private get subject(): Subject & { readonly cluster: string } {
    const { cluster, operationId } = this.input;
    return { kind: 'tableCleanup', operation: this.title, cluster, operationId };
  }

  private tell(news: News): void {
    tell([news], this.subject);
  }

  private answered(entry: OutboxEntry & { readonly via: 'update' | 'signal' }, command: string): void {
    const { via, by, reason, answer } = entry;
    this.lastCommand = { ...answer, command, via, by, reason };
    this.audit.add([entry]);
    this.tell({ kind: 'answered', entry });
    this.showDetails();
  }

  private showDetails(): void {
    const { phase, cluster, dropAt, nextStep, lastCommand, retrying, tables } = this.status;
    const info = workflowInfo();
    const waiting = phase === 'waiting';
    const { left, dropped, alreadyGone, kept } = tables;
    const numbers = `${left.length} left, ${dropped + alreadyGone} gone, ${kept.length} kept.`;
    const lines = [
      `### ${tableCell(this.title, summaryBytesMax)} on ${tableCell(cluster, summaryBytesMax)}: ${phase}`,
      ...(waiting ? ['', `${this.isOne ? 'It is' : 'They are'} dropped at ${dropAt}.`] : []),
      ...(this.isOne ? [] : ['', numbers]),
      '',
      `**Next:** ${nextStep}`,
      ...(waiting ? ['', commandLine(info, 'keepRetained'), commandLine(info, 'dropRetained')] : []),
      ...(retrying === null
        ? []
        : ['', `Fails since ${retrying.since}: ${tableCell(retrying.message, detailsBytesMax)}`]),
      ...(lastCommand === null ? [] : ['', `Last command: ${lastCommand.command}, ${lastCommand.message}`]),
    ];
    setCurrentDetails(pageOf(lines));
  }
}

function without(tables: readonly string[], others: readonly string[]): readonly string[] {
  const gone = new Set(others);
  return tables.filter((table) => !gone.has(table));
}

/** What can be done while dropping fails (P11). */
function failingStep(failure: Failure): string {
  return `${remedyOf(failure)} It is tried again by itself. Between two tries dropRetained tries it at once, and keepRetained keeps it for good.`;
}
