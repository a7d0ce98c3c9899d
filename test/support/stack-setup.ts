/** Starts the servers once for all tests that need them, and hands their addresses over. */
import type { TestProject } from 'vitest/node';
import { startLocalStack } from '../../src/dev/local-stack.js';
import type { MysqlAccount } from '../../src/dev/mysql-accounts.js';
import type { MysqlServer } from '../../src/dev/mysql-server.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';

/** A cluster as Switchyard, as the application and as root reach it. */
export interface TestCluster {
  readonly switchyard: ClusterSettings;
  readonly app: ClusterSettings;
  readonly root: ClusterSettings;
}

export interface StackAddresses {
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly commerce: TestCluster;
  readonly customer: TestCluster;
  readonly folder: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly stack: StackAddresses;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startLocalStack({ headless: true });
  const { commerce, customer } = stack.clusters;
  const { address, namespace } = stack.temporal;
  project.provide('stack', {
    temporal: { address, namespace },
    commerce: accountsOf(commerce),
    customer: accountsOf(customer),
    folder: stack.folder,
  });
  return () => stack.stop();
}

function accountsOf(server: MysqlServer): TestCluster {
  const { name, host, port } = server;
  const as = ({ user, password }: MysqlAccount): ClusterSettings => ({ name, host, port, user, password });
  return { switchyard: as(server), app: as(server.app), root: as(server.root) };
}
