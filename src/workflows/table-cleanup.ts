/** The workflow of one retained table: waits until its time has come or somebody decides, then drops or keeps it (P4). */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { OperationActivities } from '../contract/operation/activities.js';
import {
  tableCleanupCommandDescriptions,
  tableCleanupCommandSchemas,
  tableCleanupInputSchema,
} from '../contract/retained-table.js';
import { decodePayload } from '../contract/decode.js';
import type { TableCleanupInput, TableCleanupResult, TableCleanupStatus } from '../contract/retained-table.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { detailsBytesMax, summaryBytesMax } from '../limits/workflows.js';
import type { TableCleanupPhase, TableCleanupState } from '../lifecycle/retained-table.js';
import { reactToCleanupCommand } from '../lifecycle/retained-table.js';
import { recordedName } from '../lifecycle/operation/dry-run.js';
import type { Retrying } from '../lifecycle/operation/retrying.js';
import { failedAgain, isRepeated, remedyOf } from '../lifecycle/operation/retrying.js';
import type { Failure, OutboxEntry } from '../lifecycle/operation/state.js';
import { isoTime } from '../lifecycle/operation/state.js';
import { closing } from './operation/activity-options.js';
import { AuditTrail } from './operation/audit-trail.js';
import { commandLine, pageOf } from './operation/page.js';
import { asWorkflowError, asWorkflowFailure, endWithoutResult, failureOf } from './operation/failures.js';
import { receiveCommands } from './operation/messages.js';
import { retryingOf } from './operation/status.js';
import { cutToBytes, tableCell } from './operation/text.js';

const nextSteps: Readonly<Record<TableCleanupPhase, string>> = {
  waiting: 'Nothing: it is dropped by itself. keepRetained keeps it for good, dropRetained drops it now.',
  dropping: 'Nothing: it is being dropped.',
  dropped: 'Nothing: it is gone.',
  kept: 'Nothing: it is yours to drop.',
};

/** A retained table inside its workflow: holds the state and shows it. */
class Cleanup {
  private state: TableCleanupState;
  private lastCommand: TableCleanupStatus['lastCommand'] = null;
  private retrying: Retrying<'drop'> | null = null;
  private running = false;
  readonly dropAtMs: number;
  readonly audit: AuditTrail;

  constructor(private readonly input: TableCleanupInput) {
    this.state = { phase: 'waiting', since: isoTime(Date.now()) };
    this.dropAtMs = Date.parse(input.completedAt) + input.retainForMs;
    this.audit = new AuditTrail(() => input);
    this.showDetails();
  }

  get status(): TableCleanupStatus {
    const { cluster, database, operationId, retainedTable } = this.input;
    const { phase } = this.state;
    const failing = phase === 'dropping' ? this.retrying : null;
    return {
      ...{ version: 1, phase, cluster, database, operationId, retainedTable },
      dropAt: isoTime(this.dropAtMs),
      lastCommand: this.lastCommand,
      retrying: retryingOf(failing, this.isIdle),
      nextStep: failing === null ? nextSteps[phase] : failingStep(failing.last),
    };
  }

  /** Whether dropping has failed, and is not being tried just now. */
  get isIdle(): boolean {
    return this.retrying !== null && !this.running;
  }

  /** Drops the table by `work`, which has failed before where it is called again. */
  async try<Result>(work: () => Promise<Result>): Promise<Result | null> {
    this.running = true;
    this.showDetails();
    try {
      return await work();
    } catch (error) {
      const failure = failureOf('dropRetainedTable', endWithoutResult(error));
      if (!isRepeated(failure)) throw error;
      this.retrying = failedAgain(this.retrying, 'drop', failure, Date.now());
      const { code, message } = failure;
      log.warn('A retained table could not be dropped; it is tried again', { ...this.retrying, code, message });
      return null;
    } finally {
      this.running = false;
      this.showDetails();
    }
  }

  /** Waits until dropping is to be tried again, or a command says what is to become of the table. */
  async wait(): Promise<void> {
    const { retrying, state } = this;
    if (retrying === null) return;
    const summary = cutToBytes(`${retrying.last.code}: it is tried again`, summaryBytesMax);
    await condition(() => this.state !== state, Math.max(1, retrying.nextAtMs - Date.now()), { summary });
  }

  enter(phase: TableCleanupPhase): void {
    this.state = { phase, since: isoTime(Date.now()) };
    this.showDetails();
  }

  receive(): void {
    setHandler(defineQuery<TableCleanupStatus>('status'), () => this.status, {
      description: 'Phase, when it is dropped, and the next step. No input.',
    });
    receiveCommands({
      descriptions: tableCleanupCommandDescriptions,
      decode: (name, payload) => decodePayload(tableCleanupCommandSchemas[name], payload),
      take: (command) => {
        const { name, via, by, reason, dryRun } = command;
        const { state, answer } = reactToCleanupCommand(this.state, command, Date.now(), this.isIdle);
        this.state = state;
        this.answered({ id: null, command: recordedName(name, dryRun), via, by, reason, answer }, name);
        return Promise.resolve(answer);
      },
      refuse: ({ name: command, via, by, reason, code, message }) => {
        const answer = { outcome: 'refused', code, message, at: isoTime(Date.now()) } as const;
        this.answered({ id: null, command, via, by, reason, answer }, command);
      },
    });
  }

  private answered(entry: OutboxEntry & { readonly via: 'update' | 'signal' }, command: string): void {
    const { via, by, reason, answer } = entry;
    this.lastCommand = { ...answer, command, via, by, reason };
    this.audit.add([entry]);
    this.showDetails();
  }

  private showDetails(): void {
    const { phase, cluster, retainedTable, dropAt, nextStep, lastCommand, retrying } = this.status;
    const info = workflowInfo();
    const waiting = phase === 'waiting';
    const lines = [
      `### ${tableCell(retainedTable, summaryBytesMax)} on ${tableCell(cluster, summaryBytesMax)}: ${phase}`,
      ...(waiting ? ['', `It is dropped at ${dropAt}.`] : []),
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

/** Takes what `onlineDdl` gives it; a Cancel of the workflow while it waits leaves the table where it is. */
export async function tableCleanup(given?: unknown): Promise<TableCleanupResult> {
  const decoded = decodePayload(tableCleanupInputSchema, given);
  if (!decoded.fits) throw asWorkflowFailure(new SwitchyardError('INVALID_INPUT', { problem: decoded.problem }));
  const { retainedTable } = decoded.value;
  const cleanup = new Cleanup(decoded.value);
  cleanup.receive();
  const waitMs = Math.max(1, cleanup.dropAtMs - Date.now());
  const summary = cutToBytes(`keep ${retainedTable} until ${isoTime(cleanup.dropAtMs)}`, summaryBytesMax);
  await condition(() => cleanup.status.phase !== 'waiting', waitMs, { summary });
  return CancellationScope.nonCancellable(async () => {
    try {
      const outcome = cleanup.status.phase === 'kept' ? 'kept' : await drop(cleanup, decoded.value);
      return { outcome, retainedTable };
    } catch (error) {
      throw asWorkflowError(error);
    } finally {
      await condition(() => cleanup.audit.isIdle && allHandlersFinished());
    }
  });
}

/** Until it is gone, or somebody keeps it after all. */
async function drop(cleanup: Cleanup, input: TableCleanupInput): Promise<TableCleanupResult['outcome']> {
  cleanup.enter('dropping');
  const { cluster, operationId, retainedTable } = input;
  const { dropRetainedTable } = proxyActivities<OperationActivities>({
    ...closing,
    summary: cutToBytes(`drop ${retainedTable}`, summaryBytesMax),
  });
  while (cleanup.status.phase === 'dropping') {
    const dropped = await cleanup.try(() => dropRetainedTable({ cluster, operationId, retainedTable }));
    if (dropped !== null) {
      cleanup.enter('dropped');
      return dropped.outcome;
    }
    await cleanup.wait();
    if (workflowInfo().continueAsNewSuggested) await goOnAnew(cleanup, input);
  }
  return 'kept';
}

/** Its time has come, whatever was said about it before. */
async function goOnAnew(cleanup: Cleanup, input: TableCleanupInput): Promise<void> {
  await condition(() => cleanup.audit.isIdle && allHandlersFinished());
  if (cleanup.status.phase === 'dropping') await continueAsNew<typeof tableCleanup>({ ...input, retainForMs: 0 });
}

/** What can be done while dropping fails (P11). */
function failingStep(failure: Failure): string {
  return `${remedyOf(failure)} It is tried again by itself. Between two tries dropRetained tries it at once, and keepRetained keeps it for good.`;
}
