/** What programs use to start, follow and command operations: over a client of Temporal, and without a database. */
import { Client, Connection, type WorkflowHandle, type WorkflowStartOptions } from '@temporalio/client';
import { readOnlineDdlInput, type OnlineDdlInput } from '../contract/migration/input.js';
import { readMoveTablesInput, type MoveTablesInput } from '../contract/move/input.js';
import {
  moveTablesWorkflowId,
  onlineDdlWorkflowId,
  planDdlWorkflowId,
  reconcileWorkflowId,
  taskQueueDefault,
  workflowTypes,
} from '../contract/names.js';
import { planDdlInputSchema, type PlanDdlInput } from '../contract/plan-ddl.js';
import type { DdlPlan } from '../domain/statement-plan.js';
import { readInput } from '../contract/not-built.js';
import { reconcileInputSchema, type ReconcileInput, type ReconcileResult } from '../contract/reconcile.js';
import { operationKinds } from '../contract/operation/metrics.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { clientAnswerMs } from '../limits/client.js';
import { temporalSettings, type Environment } from '../temporal/settings.js';
import { Access } from './access.js';
import { listOperations, type ListConditions } from './list.js';
import {
  migrationHandle,
  moveHandle,
  tableCleanupHandle,
  type MigrationHandle,
  type MoveHandle,
  type TableCleanupHandle,
} from './operations.js';
import type { OperationSummary } from './summary.js';
import { tableOf } from './table-of.js';

export interface ClientSettings {
  /** The task queue of the workers; `switchyard` where it is absent. */
  readonly taskQueue?: string | undefined;
  /** Who gives the commands that do not say who: it goes to the audit log. */
  readonly by?: string | undefined;
  /** The address of Temporal, for messages. */
  readonly address?: string | undefined;
}

export interface StartOptions {
  /** By the convention of docs/online-ddl.md and docs/move-tables.md where it is absent, which refuses most collisions. */
  readonly workflowId?: string | undefined;
  /** Where a workflow of this id is open: `fail` (ALREADY_STARTED), or `useExisting`, whatever its input was. */
  readonly onConflict?: 'fail' | 'useExisting' | undefined;
  /** What lists show beside the id, such as a ticket. */
  readonly summary?: string | undefined;
  /** What else Temporal takes with a start. */
  readonly temporal?:
    | Pick<WorkflowStartOptions, 'workflowIdReusePolicy' | 'startDelay' | 'memo' | 'priority' | 'staticDetails'>
    | undefined;
}

export class SwitchyardClient {
  readonly #access: Access;
  readonly #taskQueue: string;
  readonly #by: string | undefined;
  #own: Connection | undefined;

  /** @param client of Temporal, with the data converter and the interceptors that the namespace needs. */
  constructor(client: Client, { taskQueue = taskQueueDefault, by, address = 'its address' }: ClientSettings = {}) {
    this.#access = new Access(client, address);
    this.#taskQueue = taskQueue;
    this.#by = by;
  }

  /**
   * Finds Temporal as the Temporal CLI does: by TEMPORAL_ADDRESS and the other variables, or the profile in its file.
   * `close` has to be called at the end.
   * @throws TEMPORAL_SETTINGS_NOT_VALID, TEMPORAL_UNREACHABLE, TEMPORAL_REFUSES and others of the catalogue.
   */
  static async connect(
    settings: Omit<ClientSettings, 'address'> = {},
    env: Environment = process.env,
  ): Promise<SwitchyardClient> {
    const { connection: options, address, namespace } = temporalSettings(env);
    const connection = Connection.lazy({ ...options, connectTimeout: clientAnswerMs });
    const made = new SwitchyardClient(new Client({ connection, namespace }), { ...settings, address });
    try {
      await made.#access.ask('the connection', '', () => connection.ensureConnected(), null);
    } catch (error) {
      await connection.close();
      throw error;
    }
    made.#own = connection;
    return made;
  }

  /** Closes the connection, where `connect` has made it. */
  async close(): Promise<void> {
    await this.#own?.close();
  }

  /** The client of Temporal below, for what this one has not. */
  get temporal(): Client {
    return this.#access.client;
  }

  get taskQueue(): string {
    return this.#taskQueue;
  }

  /**
   * Starts a schema change. The id is `online-ddl/<cluster>/<database>/<table>` where none is given.
   * @throws INVALID_INPUT, NOT_BUILT_YET, NOT_ONE_ALTER and others, before anything is started; ALREADY_STARTED.
   */
  async onlineDdl(input: OnlineDdlInput, options: StartOptions = {}): Promise<MigrationHandle> {
    const { cluster, database } = readOnlineDdlInput(input);
    const workflowId = options.workflowId ?? onlineDdlWorkflowId(cluster, database, tableOf(input));
    const handle = await this.#start(workflowTypes.onlineDdl, workflowId, input, options);
    return migrationHandle({ kind: 'onlineDdl', handle, ...this.#shared });
  }

  /** Starts a move of tables. The id is `move-tables/<name>` where none is given. @throws as `onlineDdl`. */
  async moveTables(input: MoveTablesInput, options: StartOptions = {}): Promise<MoveHandle> {
    const { name } = readMoveTablesInput(input);
    const workflowId = options.workflowId ?? moveTablesWorkflowId(name);
    const handle = await this.#start(workflowTypes.moveTables, workflowId, input, options);
    return moveHandle({ kind: 'moveTables', handle, ...this.#shared });
  }

  /** Looks at a cluster for what operations have left there, removes it (or with `dryRun` only tells), and returns that. */
  async reconcile(input: ReconcileInput, options: StartOptions = {}): Promise<ReconcileResult> {
    const { cluster } = readInput(reconcileInputSchema, [], input);
    const workflowId = options.workflowId ?? reconcileWorkflowId(cluster);
    const handle = await this.#start(workflowTypes.reconcile, workflowId, input, options);
    return this.#access.ask('the result', workflowId, () => handle.result() as Promise<ReconcileResult>, null);
  }

  /** Says what statements would do before anything runs. The id is `plan-ddl/<cluster>/<database>` where none is given. */
  async planDdl(input: PlanDdlInput, options: StartOptions = {}): Promise<DdlPlan> {
    const { cluster, database } = readInput(planDdlInputSchema, [], input);
    const workflowId = options.workflowId ?? planDdlWorkflowId(cluster, database);
    const handle = await this.#start(workflowTypes.planDdl, workflowId, input, options);
    return this.#access.ask('the result', workflowId, () => handle.result() as Promise<DdlPlan>, null);
  }

  /** A schema change that was started; nobody is asked yet. */
  migration(workflowId: string): MigrationHandle {
    return migrationHandle({ kind: 'onlineDdl', handle: this.#handle(workflowId), ...this.#shared });
  }

  /** A move that was started; nobody is asked yet. */
  move(workflowId: string): MoveHandle {
    return moveHandle({ kind: 'moveTables', handle: this.#handle(workflowId), ...this.#shared });
  }

  /** The clean-up of retained tables, whose id begins with `table-cleanup/`; nobody is asked yet. */
  tableCleanup(workflowId: string): TableCleanupHandle {
    return tableCleanupHandle({ kind: 'tableCleanup', handle: this.#handle(workflowId), ...this.#shared });
  }

  /** An operation of either kind: Temporal is asked which. @throws UNKNOWN_WORKFLOW, NOT_AN_OPERATION. */
  async operation(workflowId: string): Promise<MigrationHandle | MoveHandle> {
    const { type } = await this.#access.ask('the description', workflowId, () => this.#handle(workflowId).describe());
    if (type === workflowTypes.onlineDdl) return this.migration(workflowId);
    if (type === workflowTypes.moveTables) return this.move(workflowId);
    const wanted = operationKinds.join(' or ');
    throw new SwitchyardError('NOT_AN_OPERATION', { workflowId, type, wanted });
  }

  /** Operations as Temporal lists them, newest first; a list may be some seconds behind. */
  list(conditions: ListConditions = {}): AsyncGenerator<OperationSummary, void> {
    return listOperations(this.#access, conditions);
  }

  get #shared(): { readonly access: Access; readonly by: string | undefined } {
    return { access: this.#access, by: this.#by };
  }

  #handle(workflowId: string): WorkflowHandle {
    return this.temporal.workflow.getHandle(workflowId);
  }

  #start(
    type: string,
    workflowId: string,
    input: object,
    { onConflict = 'fail', summary, temporal = {} }: StartOptions,
  ): Promise<WorkflowHandle> {
    return this.#access.ask('the start', workflowId, () =>
      this.temporal.workflow.start(type, {
        ...temporal,
        ...{ workflowId, taskQueue: this.#taskQueue, args: [input] },
        workflowIdConflictPolicy: onConflict === 'fail' ? 'FAIL' : 'USE_EXISTING',
        ...(summary === undefined ? {} : { staticSummary: summary }),
      }),
    );
  }
}
