/** A local Temporal server (the development server of the Temporal CLI) whose state is a file, so that it survives kill -9. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import {
  searchAttributeCliTypes,
  searchAttributeNames,
  searchAttributeTypes,
  type SearchAttributeName,
} from '../contract/operation/search-attributes.js';
import { createContext, type DevContext } from './context.js';
import { findTemporal } from './find-temporal.js';
import type { Environment } from './program.js';
import { choosePort, loopback, startOnFreePort, waitUntilReady } from './ready.js';
import { serverProcess, type ServerProcess } from './server-process.js';
import { supervise, type SupervisedChild } from './supervise.js';

export interface TemporalServerOptions {
  /** Database and log go below it. */
  readonly folder: string;
  /** Used where it is free, else another one. */
  readonly preferredPort?: number;
  readonly preferredUiPort?: number;
  /** Without the web UI: faster, for tests. */
  readonly headless?: boolean;
  /** What findTemporal() found; searched for where absent. */
  readonly program?: string;
  readonly context?: DevContext;
}

type Settings = TemporalServerOptions & Required<Pick<TemporalServerOptions, 'program' | 'context'>>;

export interface TemporalServer extends ServerProcess {
  /** `host:port`, as clients and workers want it. */
  readonly address: string;
  readonly namespace: string;
  /** The address of the web UI; null where it is headless. */
  readonly ui: string | null;
  /** The path of the `temporal` program. */
  readonly program: string;
  /** Where its metrics are, in the text form of Prometheus; null where it does not say. Of its first start. */
  readonly metrics: string | null;
}

interface Ports {
  readonly grpc: number;
  readonly ui: number | null;
}

const namespace = 'default';

function cliTypeOf(name: SearchAttributeName): string {
  return searchAttributeCliTypes[searchAttributeTypes[name]];
}

/** Returns when the server answers. Errors: DEV_START_FAILED with the end of its log. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const context = options.context ?? createContext();
  const program = options.program ?? (await findTemporal(context));
  const settings: Settings = { ...options, program, context };
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const { ports, child } = await startOnFreePort(async () => {
    const grpc = await choosePort(options.preferredPort);
    const chosen: Ports = { grpc, ui: options.headless ? null : await choosePort(options.preferredUiPort) };
    return { ports: chosen, child: await startProcess(settings, chosen) };
  });
  return {
    address: `${loopback}:${ports.grpc}`,
    namespace,
    ui: ports.ui === null ? null : `http://${loopback}:${ports.ui}`,
    program,
    metrics: /^Metrics:\s+(\S+)$/m.exec(await child.readLog())?.[1] ?? null,
    ...serverProcess(child, () => startProcess(settings, ports)),
  };
}

async function startProcess(settings: Settings, ports: Ports): Promise<SupervisedChild> {
  const child = await supervise({
    title: 'Temporal',
    program: { command: settings.program, args: ['server', 'start-dev'] },
    args: [
      ...['--ip', loopback, '--port', String(ports.grpc)],
      ...(ports.ui === null ? ['--headless'] : ['--ui-port', String(ports.ui)]),
      ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=${cliTypeOf(name)}`]),
      ...['--db-filename', join(settings.folder, 'temporal.db'), '--log-level', 'warn'],
    ],
    env: withoutTemporalSettings(settings.context.env),
    logFile: join(settings.folder, 'temporal.log'),
    signal: settings.context.signal,
  });
  // Its own line proves that it is our child that answers on the port; the call that it also answers.
  await waitUntilReady(
    child,
    async () => /^Server:/m.test(await child.readLog()) && answers(`${loopback}:${ports.grpc}`),
  );
  return child;
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '2s' });
    try {
      await connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

/** The user's own Temporal settings (address, TLS, API key …) mean another server than the local one. */
export function withoutTemporalSettings(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
