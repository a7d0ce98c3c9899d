/** The worker processes of one test, ordinary ones and those that stop at a chosen statement (fault-worker.mjs). */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { startWorker, type WorkerProcess } from '../../src/dev/start-worker.js';
import type { ClusterSettings, TlsSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { eventually, uniqueName } from './eventually.js';

/** Where a fault worker stops: at the nth statement that matches. */
export interface Fault {
  readonly statement: string;
  readonly when: 'before' | 'after';
  readonly count?: number;
  /** The only cluster whose statements count; all where it is absent. */
  readonly cluster?: string;
  /** Only statements count that a connection sends after one that matches this. */
  readonly since?: string;
}

export interface FaultWorker {
  readonly worker: WorkerProcess;
  /** From here on statements count, where it was started unarmed. */
  arm(): Promise<void>;
  /** Resolves when the worker stands at its statement. */
  reached(timeoutMs?: number): Promise<{ readonly sessionId: number; readonly sql: string }>;
  goOn(): Promise<void>;
}

export interface TestWorkersOptions {
  readonly taskQueue: string;
  /** As the configuration file names them. */
  readonly clusters: Readonly<Record<string, ClusterSettings>>;
  readonly router?: object;
  /** More sections of the configuration file, such as `metrics` and `logs`. */
  readonly sections?: object;
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly folder: string;
}

export class TestWorkers {
  readonly #options: TestWorkersOptions;
  readonly #started: WorkerProcess[] = [];

  constructor(options: TestWorkersOptions) {
    this.#options = options;
  }

  /** Starts one more worker process on the test's task queue. @param script of another build than this one. */
  start(script?: string): Promise<WorkerProcess> {
    return this.#start(script === undefined ? {} : { script });
  }

  /** Starts a worker that stops at the chosen statement. @param armed whether statements count from its start on. */
  async startFaulty({ statement, when, count = 1, cluster, since }: Fault, armed = true): Promise<FaultWorker> {
    const { folder } = this.#options;
    const files = {
      report: join(folder, `${uniqueName('fault')}.json`),
      goOn: join(folder, uniqueName('go')),
      arm: join(folder, uniqueName('arm')),
    };
    const env = {
      FAULT_STATEMENT: statement,
      FAULT_WHEN: when,
      FAULT_COUNT: String(count),
      FAULT_REPORT: files.report,
      FAULT_GO_ON: files.goOn,
      ...(armed ? {} : { FAULT_ARM: files.arm }),
      ...(cluster === undefined ? {} : { FAULT_CLUSTER: cluster }),
      ...(since === undefined ? {} : { FAULT_SINCE: since }),
    };
    const worker = await this.#start({ script: resolve(import.meta.dirname, 'fault-worker.mjs'), env });
    return {
      worker,
      arm: () => writeFile(files.arm, ''),
      reached: async (timeoutMs) => {
        const text = await eventually(
          `the worker to come to: ${when} ${statement}`,
          async () => (existsSync(files.report) ? await readFile(files.report, 'utf8') : undefined),
          timeoutMs,
        );
        return JSON.parse(text) as { sessionId: number; sql: string };
      },
      goOn: () => writeFile(files.goOn, ''),
    };
  }

  async #start(how: { readonly script?: string; readonly env?: Record<string, string> }): Promise<WorkerProcess> {
    const { taskQueue, clusters, router, sections, temporal, folder } = this.#options;
    const logins = Object.entries(clusters).map(async ([name, { host, port, user, password, tls }]) => {
      const files = tls === undefined ? {} : { tls: await this.#tlsSection(name, tls) };
      return [name, { host, port, user, password, ...files }] as const;
    });
    const config = {
      taskQueue,
      clusters: Object.fromEntries(await Promise.all(logins)),
      ...(router === undefined ? {} : { router }),
      ...sections,
    };
    const configFile = join(folder, `${taskQueue}.yaml`);
    await writeFile(configFile, stringify(config), { mode: 0o600 });
    const logFile = join(folder, `${taskQueue}-${this.#started.length}.log`);
    const worker = await startWorker({ configFile, temporal, logFile, ...how });
    this.#started.push(worker);
    return worker;
  }

  /** As it is written: with its files beside the configuration. */
  async #tlsSection(cluster: string, { mode, ...texts }: TlsSettings): Promise<Readonly<Record<string, string>>> {
    const section: Record<string, string> = { mode };
    for (const [part, text] of Object.entries(texts)) {
      section[part] = `${this.#options.taskQueue}-${cluster}-${part}.pem`;
      await writeFile(join(this.#options.folder, section[part]), text, { mode: 0o600 });
    }
    return section;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.map((worker) => worker.stop().catch(() => undefined)));
  }
}
