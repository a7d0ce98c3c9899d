/**
 * What workflow tests share: one Temporal server and one workflow bundle per process, a worker per test with fake
 * activities, and the replay of every history that a test has made.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import type { OperationStatus } from '../../src/contract/operation/status.js';
import { choosePort } from '../../src/dev/ready.js';
import { createContext } from '../../src/dev/context.js';
import { findTemporal } from '../../src/dev/find-temporal.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { workKinds } from '../../src/domain/work-kinds.js';
import { shutdownGraceMsDefault, slotsDefault } from '../../src/limits/config.js';
import { createWorkers, runWorkers, type WorkerKinds } from '../../src/workers.js';
import { installRuntime } from './runtime.js';

/** No history of a test is this long but the one that is made to be: it sees continue-as-new suggested. */
const suggestedEvents = 250;
const identity = 'switchyard-test';
/** A folder for each release, and one for the release to come (test/replay/README.md). */
export const histories = resolve(import.meta.dirname, '../replay/histories');

interface WorkflowEnvironment {
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** The `temporal` program and the server's address, for tests that use the CLI. */
  readonly program: string;
  readonly address: string;
  /** Where the server takes plain JSON. */
  readonly http: string;
}

/** Cancels reach the fakes quickly, and these end when they are told. */
const hearsSoon = {
  maxHeartbeatThrottleInterval: 100,
  defaultHeartbeatThrottleInterval: 100,
  shutdownGraceTime: 0,
} as const;

let bundle: Promise<{ code: string }> | undefined;
let environment: Promise<WorkflowEnvironment> | undefined;

/** The bundle of all workflows (workflows.ts), made once per process. */
export function workflowBundle(): Promise<{ code: string }> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: resolve(import.meta.dirname, 'workflows.ts'),
    payloadConverterPath: resolve(import.meta.dirname, '../../src/workflows/payload-converter.ts'),
    preloadModules: [resolve(import.meta.dirname, '../../src/workflows/preloaded.ts')],
    logger: new DefaultLogger('ERROR'),
  });
  return bundle;
}

/** The server of this process, started at the first call; it dies with the process. */
export function workflowEnvironment(): Promise<WorkflowEnvironment> {
  environment ??= startEnvironment();
  return environment;
}

async function startEnvironment(): Promise<WorkflowEnvironment> {
  installRuntime();
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-test-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // vitest ends its processes with SIGTERM, which by itself runs no exit handlers.
  process.once('SIGTERM', () => process.exit());
  const found = await findTemporal(createContext());
  const program = join(folder, 'temporal-with-settings');
  const setting = `limit.historyCount.suggestContinueAsNew=${suggestedEvents}`;
  const httpPort = await choosePort();
  await writeFile(
    program,
    `#!/bin/sh\nexec '${found}' "$@" --http-port ${httpPort} --dynamic-config-value ${setting}\n`,
  );
  await chmod(program, 0o700);
  const { address, namespace } = await startTemporalServer({ folder, headless: true, program });
  const client = new Client({ connection: await Connection.connect({ address }), namespace, identity });
  const http = `http://127.0.0.1:${httpPort}`;
  return { client, connection: await NativeConnection.connect({ address }), namespace, program: found, address, http };
}

/** What a test of one operation works with. */
export interface WorkflowTest<Status, Name extends string, Fakes> {
  readonly handle: WorkflowHandle;
  readonly fakes: Fakes;
  status(): Promise<Status>;
  /** Sends a command as update and waits for its answer. */
  command(name: Name, payload?: object): Promise<CommandAnswer>;
  /** Sends it as signal, and waits until the status shows its answer. */
  signal(name: Name, payload?: object): Promise<CommandAnswer>;
  /** Waits until the status fits. */
  until(fits: (status: Status) => boolean): Promise<Status>;
}

export interface WorkflowSetting {
  /** The name of the replay fixture that this path is kept as (test/replay/histories). */
  readonly fixture?: string;
  /** Where an input has to name it; one of the test's own otherwise. */
  readonly taskQueue?: string;
  /** Happens after the start of the workflow and before there is a worker. */
  readonly beforeWorker?: (handle: WorkflowHandle) => Promise<unknown>;
}

/** Starts an operation and a worker, runs `body`, and replays the history that came of it. Returns that history's length. */
export async function testOperation<
  Status extends Pick<OperationStatus, 'lastCommand'>,
  Name extends string,
  Fakes extends { readonly activities: object; release(): void },
>(
  type: string,
  input: unknown,
  setting: WorkflowSetting,
  fakes: Fakes,
  body: (test: WorkflowTest<Status, Name, Fakes>) => Promise<unknown>,
): Promise<number> {
  return testWorkflow(type, [input], setting, fakes, (handle) => {
    const status = (): Promise<Status> => handle.query<Status>('status');
    const until = (fits: (status: Status) => boolean): Promise<Status> => eventually(status, fits);
    return body({
      handle,
      fakes,
      status,
      until,
      command: (name, payload) =>
        payload === undefined ? handle.executeUpdate(name) : handle.executeUpdate(name, { args: [payload] }),
      signal: async (name, payload) => {
        const before = JSON.stringify((await status()).lastCommand);
        await handle.signal(name, ...(payload === undefined ? [] : [payload]));
        const { lastCommand } = await until((now) => JSON.stringify(now.lastCommand) !== before);
        if (lastCommand === null) throw new Error(`${name} has no answer`);
        return lastCommand;
      },
    });
  });
}

/** The same for any workflow type. */
export async function testWorkflow(
  type: string,
  args: unknown[],
  { fixture, beforeWorker, taskQueue = `test-${randomUUID()}` }: WorkflowSetting,
  fakes: { readonly activities: object; release(): void },
  body: (handle: WorkflowHandle) => Promise<unknown>,
): Promise<number> {
  const { client } = await workflowEnvironment();
  const workflowId = fixture ?? `test-${randomUUID()}`;
  const handle = await client.workflow.start(type, { args, taskQueue, workflowId });
  await beforeWorker?.(handle);
  try {
    await withWorkers({ taskQueue, activities: fakes.activities }, () => body(handle).finally(() => fakes.release()));
    return await replayOwnHistory(handle, fixture);
  } finally {
    await handle.terminate('the test is over').catch(() => undefined);
  }
}

interface WorkersSetting {
  /** As in the configuration. */
  readonly slots?: WorkerKinds['slots'];
  /** What is otherwise than in the product. */
  readonly changed?: Partial<WorkerOptions>;
}

/** Runs the workers of a process, as the product makes them, until `body` has ended. */
export async function withWorkers(
  { taskQueue, activities }: { readonly taskQueue: string; readonly activities: object },
  body: () => Promise<unknown>,
  { slots = slotsDefault, changed = hearsSoon }: WorkersSetting = {},
): Promise<void> {
  const { connection, namespace } = await workflowEnvironment();
  const shared = { connection, namespace, taskQueue, identity, activities, workflowBundle: await workflowBundle() };
  const workers = await createWorkers(
    shared,
    { serves: workKinds, slots, shutdownGraceMs: shutdownGraceMsDefault },
    changed,
  );
  const running = runWorkers(workers);
  // A worker that fails ends the test.
  const failed = running.then(() => Promise.reject(new Error('the workers have ended')));
  try {
    await Promise.race([body(), failed]);
  } finally {
    failed.catch(() => undefined);
    workers[0]?.shutdown();
    await running;
  }
}

async function replayOwnHistory(
  handle: WorkflowHandleWithFirstExecutionRunId,
  fixture: string | undefined,
): Promise<number> {
  const { runId } = await handle.describe();
  const events = await replayRun(handle.workflowId, runId, fixture);
  const first = handle.firstExecutionRunId;
  if (first !== undefined && first !== runId) {
    await replayRun(handle.workflowId, first, fixture === undefined ? undefined : `${fixture}-first-run`);
  }
  return events;
}

async function replayRun(workflowId: string, runId: string, fixture: string | undefined): Promise<number> {
  const { client } = await workflowEnvironment();
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, workflowId);
  if (fixture !== undefined && process.env['SWITCHYARD_RECORD'] === '1') {
    // Stack traces name paths of this machine; nothing reads them in a replay.
    const text = JSON.stringify(JSON.parse(historyToJSON(history)), (key, value: unknown) =>
      key === 'stackTrace' ? undefined : value,
    );
    await writeFile(join(histories, 'next', `${fixture}.json`), `${text}\n`);
  }
  return history.events?.length ?? 0;
}

/** A recorded history. @param name with its folder, such as `0.1.0/happy-path`. */
export async function readFixture(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(histories, `${name}.json`), 'utf8')) as unknown;
}

/** Sends what nobody understands until the history is long enough for a new run. */
export async function bringToNewRun(handle: WorkflowHandle): Promise<void> {
  const firstRun = (await handle.describe()).runId;
  await eventually(
    async () => {
      await handle.signal('wellWell');
      await handle.query('status');
      return (await handle.describe()).runId;
    },
    (runId) => runId !== firstRun,
  );
}

/** Asks until the answer fits; fails after 20 s with the last answer. */
export async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(answer, null, 2)}`);
    await new Promise((done) => setTimeout(done, 30));
  }
}
