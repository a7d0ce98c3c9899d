/**
 * What end-to-end and fault tests of every kind of operation share: workers in processes of their own, and a workflow that
 * is started and steered as people do it. Servers are real (stack-setup.ts).
 */
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { inject } from 'vitest';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import type { OperationStatus } from '../../src/contract/operation/status.js';
import type { WorkerProcess } from '../../src/dev/start-worker.js';
import { eventually, uniqueName, whatRuns } from './eventually.js';
import { TestWorkers, type Fault, type FaultWorker, type TestWorkersOptions } from './test-workers.js';

/** A signal that is there before the first task of the workflow. */
export interface FirstSignal {
  readonly name: string;
  readonly payload: unknown;
}

interface Where extends Pick<TestWorkersOptions, 'clusters' | 'router' | 'sections'> {
  /** Another one than the shared one. */
  readonly temporal?: TestWorkersOptions['temporal'] | undefined;
}

export abstract class OperationTest<Status extends OperationStatus, Result> {
  readonly taskQueue = uniqueName('queue');
  readonly #temporal: TestWorkersOptions['temporal'];
  readonly #workers: TestWorkers;
  #client: Client | undefined;
  #handle: WorkflowHandle | undefined;

  /** @param looksEveryMs how often `until` asks for the status. */
  protected constructor(
    { temporal = inject('stack').temporal, ...configured }: Where,
    private readonly looksEveryMs?: number,
  ) {
    this.#temporal = temporal;
    const { folder } = inject('stack');
    this.#workers = new TestWorkers({ taskQueue: this.taskQueue, temporal, folder, ...configured });
  }

  protected async connect(): Promise<void> {
    const { address, namespace } = this.#temporal;
    this.#client = new Client({ connection: await Connection.connect({ address }), namespace });
  }

  /** Ends the workers, and what asks Temporal. */
  protected async disconnect(): Promise<void> {
    await this.#workers.stop();
    await this.#client?.connection.close();
  }

  protected async begin(
    type: string,
    workflowId: string,
    input: object,
    signal?: FirstSignal,
  ): Promise<WorkflowHandle> {
    const started = { taskQueue: this.taskQueue, workflowId: uniqueName(workflowId), args: [input] };
    const { workflow } = this.client;
    this.#handle = await (signal === undefined
      ? workflow.start(type, started)
      : workflow.signalWithStart(type, { ...started, signal: signal.name, signalArgs: [signal.payload] }));
    return this.#handle;
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error('open first');
    return this.#client;
  }

  get handle(): WorkflowHandle {
    if (this.#handle === undefined) throw new Error('nothing was started');
    return this.#handle;
  }

  /** Starts one more worker process on this test's task queue. */
  startWorker(): Promise<WorkerProcess> {
    return this.#workers.start();
  }

  /** Starts a worker that stops at the chosen statement (fault-worker.mjs). @param armed whether statements count at once. */
  startFaultWorker(fault: Fault, armed?: boolean): Promise<FaultWorker> {
    return this.#workers.startFaulty(fault, armed);
  }

  status(): Promise<Status> {
    return this.handle.query<Status>('status');
  }

  command(name: string, input: object = {}): Promise<CommandAnswer> {
    return this.handle.executeUpdate<CommandAnswer, [object]>(name, { args: [input] });
  }

  result(): Promise<Result> {
    return this.handle.result() as Promise<Result>;
  }

  /** Waits until the status satisfies `wanted`. */
  until(what: string, wanted: (status: Status) => boolean, timeoutMs?: number): Promise<Status> {
    return eventually(
      what,
      async () => {
        const status = await this.status().catch(() => undefined);
        return status !== undefined && wanted(status) ? status : undefined;
      },
      timeoutMs,
      this.looksEveryMs,
      () => whatRuns(this.handle),
    );
  }

  untilPhase(phase: Status['phase'], timeoutMs?: number): Promise<Status> {
    return this.until(`phase ${phase}`, (status) => status.phase === phase, timeoutMs);
  }
}
