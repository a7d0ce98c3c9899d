/** The Temporal of the settings, as a worker would reach it: with the same settings, the same client and the same errors. */
import { Client } from '@temporalio/client';
import { Runtime, DefaultLogger } from '@temporalio/worker';
import { connectOnce, type TemporalAccess } from '../temporal/connect.js';
import { temporalProblem } from '../temporal/problem.js';
import type { TemporalSettings } from '../temporal/settings.js';

export interface ReachedTemporal extends TemporalAccess {
  readonly client: Client;
  /** How the way there is protected, in words. */
  readonly protection: string;
}

/** @throws errors of the catalogue. */
export async function reachTemporal(settings: TemporalSettings): Promise<ReachedTemporal> {
  try {
    const access = await connectOnce(settings);
    const { connection, namespace } = access;
    const { tls, apiKey } = settings.connection;
    const protection = [
      isGiven(tls) || apiKey !== undefined ? 'TLS' : 'not encrypted',
      ...(typeof tls === 'object' && tls?.clientCertPair != null ? ['a client certificate'] : []),
      ...(apiKey === undefined ? [] : ['an API key']),
    ].join(', ');
    return { ...access, client: new Client({ connection, namespace }), protection };
  } catch (error) {
    throw temporalProblem(error, settings);
  }
}

function isGiven(tls: unknown): boolean {
  return tls !== undefined && tls !== null && tls !== false;
}

/** Temporal's runtime for a short look: it logs nothing, and leaves Ctrl-C to whoever started the process. */
export function installQuietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}
