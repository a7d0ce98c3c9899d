/** Starts the servers once for all tests that need them, and hands their addresses over. */
import type { TestProject } from 'vitest/node';
import { startLocalStack } from '../../src/dev/local-stack.js';
import type { ClusterSettings } from '../../src/mysql/session/cluster-settings.js';

export interface StackAddresses {
  readonly temporal: { readonly address: string; readonly namespace: string };
  /** The cluster `commerce` as Switchyard, as the application and as root reach it. */
  readonly commerce: {
    readonly switchyard: ClusterSettings;
    readonly app: ClusterSettings;
    readonly root: ClusterSettings;
  };
  readonly folder: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly stack: StackAddresses;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startLocalStack({ headless: true });
  const { commerce } = stack.clusters;
  const as = ({ user, password }: { user: string; password: string }): ClusterSettings => ({
    name: 'commerce',
    host: commerce.host,
    port: commerce.port,
    user,
    password,
  });
  const { address, namespace } = stack.temporal;
  project.provide('stack', {
    temporal: { address, namespace },
    commerce: { switchyard: as(commerce), app: as(commerce.app), root: as(commerce.root) },
    folder: stack.folder,
  });
  return () => stack.stop();
}
