/** Where Temporal is, by the settings of the Temporal CLI: environment variables, and its configuration file. */
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { SwitchyardError } from '../errors/switchyard-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TemporalSettings {
  /** Of either kind of connection, that of a worker and that of a client. */
  readonly connection: ReturnType<typeof toClientOptions>['connectionOptions'];
  /** Undefined where there is none. */
  readonly apiKey: string | undefined;
  /** As people wrote it. */
  readonly address: string;
  readonly namespace: string;
}

/** Files of certificates and keys are read. @throws TEMPORAL_SETTINGS_NOT_VALID. */
export function temporalSettings(env: Environment): TemporalSettings {
  try {
    const overrideEnvVars = Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const profile = loadClientConfigProfile({ overrideEnvVars });
    const { clientCert, clientKey } = profile.tls ?? {};
    // One without the other is left out by the SDK without a word.
    if ((clientCert === undefined) !== (clientKey === undefined)) {
      throw new Error('a client certificate and its key go together, and only one of them is there');
    }
    const { connectionOptions: connection, namespace = 'default' } = toClientOptions(profile);
    const { tls } = connection;
    const ca = tls !== null && typeof tls === 'object' ? tls.serverRootCACertificate : undefined;
    if (ca != null && !Buffer.from(ca).includes('BEGIN CERTIFICATE')) {
      throw new Error('the file of authorities has no certificate (PEM)');
    }
    return { connection, apiKey: profile.apiKey, address: connection.address ?? 'localhost:7233', namespace };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new SwitchyardError('TEMPORAL_SETTINGS_NOT_VALID', { problem }, { cause: error });
  }
}
