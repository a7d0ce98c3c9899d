/** The workflow of one retained table: waits until its time has come or somebody decides, then drops or keeps it (P4). */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { SwitchyardActivities } from '../contract/activities.js';
import { decodeCommand, tableCleanupCommandDescriptions, tableCleanupCommandSchemas } from '../contract/commands.js';
import { decodePayload } from '../contract/decode.js';
import type { TableCleanupInput, TableCleanupResult, TableCleanupStatus } from '../contract/table-cleanup.js';
import { tableCleanupInputSchema } from '../contract/table-cleanup.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import {
  closingHeartbeatTimeoutMs,
  closingTimeoutMs,
  retryIntervalMs,
  retryIntervalMsMax,
  summaryBytesMax,
} from '../limits/lifecycle.js';
import type { TableCleanupPhase, TableCleanupState } from '../lifecycle/table-cleanup.js';
import { reactToCleanupCommand } from '../lifecycle/table-cleanup.js';
import type { OutboxEntry } from '../lifecycle/state.js';
import { isoTime } from '../lifecycle/state.js';
import { AuditTrail } from './audit-trail.js';
import { commandLine, pageOf } from './details.js';
import { asWorkflowError, asWorkflowFailure } from './failures.js';
import { receiveCommands } from './messages.js';
import { cutToBytes, tableCell } from './text.js';

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
    return {
      ...{ version: 1, phase, cluster, database, operationId, retainedTable },
      dropAt: isoTime(this.dropAtMs),
      lastCommand: this.lastCommand,
      nextStep: nextSteps[phase],
    };
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
      decode: (name, payload) => decodeCommand(tableCleanupCommandSchemas[name], payload, false),
      decodeAsFirstVersions: (name, payload) => decodeCommand(tableCleanupCommandSchemas[name], payload, true),
      take: ({ name: command, via, by, reason }) => {
        const { state, answer } = reactToCleanupCommand(this.state, command, Date.now());
        this.state = state;
        this.answered({ id: null, command, via, by, reason, answer }, true);
        return Promise.resolve(answer);
      },
      refuse: ({ name: command, via, by, reason, code, message, audited }) => {
        const answer = { outcome: 'refused', code, message, at: isoTime(Date.now()) } as const;
        this.answered({ id: null, command, via, by, reason, answer }, audited);
      },
    });
  }

  private answered(entry: OutboxEntry & { readonly via: 'update' | 'signal' }, audited: boolean): void {
    const { command, via, by, reason, answer } = entry;
    this.lastCommand = { ...answer, command, via, by, reason };
    if (audited) this.audit.add([entry]);
    this.showDetails();
  }

  private showDetails(): void {
    const { phase, cluster, retainedTable, dropAt, nextStep, lastCommand } = this.status;
    const { workflowId } = workflowInfo();
    const waiting = phase === 'waiting';
    const lines = [
      `### ${tableCell(retainedTable, summaryBytesMax)} on ${tableCell(cluster, summaryBytesMax)}: ${phase}`,
      ...(waiting ? ['', `It is dropped at ${dropAt}.`] : []),
      '',
      `**Next:** ${nextStep}`,
      ...(waiting ? ['', commandLine(workflowId, 'keepRetained'), commandLine(workflowId, 'dropRetained')] : []),
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

async function drop(cleanup: Cleanup, input: TableCleanupInput): Promise<'dropped' | 'alreadyGone'> {
  cleanup.enter('dropping');
  const { cluster, operationId, retainedTable } = input;
  const { dropRetainedTable } = proxyActivities<SwitchyardActivities>({
    startToCloseTimeout: closingTimeoutMs,
    heartbeatTimeout: closingHeartbeatTimeoutMs,
    retry: { initialInterval: retryIntervalMs, maximumInterval: retryIntervalMsMax },
    summary: cutToBytes(`drop ${retainedTable}`, summaryBytesMax),
  });
  const { outcome } = await dropRetainedTable({ cluster, operationId, retainedTable });
  cleanup.enter('dropped');
  return outcome;
}
