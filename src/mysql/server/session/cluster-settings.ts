import type { UnderWay } from './under-way.js';

/** How to reach one cluster. Structurally what the configuration normalises to; secrets stay in the worker (P8). */
export interface ClusterSettings {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls?: TlsSettings;
  /** Those whose lag can be asked for; none where absent. */
  readonly replicas?: readonly ReplicaSettings[];
  /** The default database of its sessions, where something that they evaluate may ask for it, as DEFAULT (DATABASE()) does. */
  readonly database?: string;
  /** Sees every statement of every session, for tracing and for tests that stop the work at a chosen statement. */
  readonly observer?: StatementObserver;
  /** Gets to know the statements that are under way. */
  readonly underWay?: UnderWay;
  /** When it aborts, every session ends at once, and what it waits for fails with the signal's reason. */
  readonly lifeline?: AbortSignal;
}

/** How to reach a replica of a cluster. Its name is one of its cluster's replicas only. */
export type ReplicaSettings = Pick<ClusterSettings, 'name' | 'host' | 'port' | 'user' | 'password' | 'tls'>;

/** Both are awaited; the text has its placeholders filled in by nothing. */
export interface StatementObserver {
  before(sql: string, sessionId: number): Promise<void> | void;
  after(sql: string, sessionId: number): Promise<void> | void;
}

/** TLS as MySQL users know it; PEM texts, not paths. */
export interface TlsSettings {
  /** As MySQL's clients call it (ssl-mode). */
  readonly mode: 'REQUIRED' | 'VERIFY_CA' | 'VERIFY_IDENTITY';
  /** Authorities; those that Node knows where it is absent. */
  readonly ca?: string;
  /** Ours, where the server asks for one. */
  readonly cert?: string;
  readonly key?: string;
}
