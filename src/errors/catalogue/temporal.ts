import type { Catalogue } from '../entry.js';

/** The way from a worker to Temporal. What only the settings of the worker can mend ends it; the rest it tries again. */
export const temporalErrors = {
  TEMPORAL_UNREACHABLE: {
    kind: 'retryable',
    sentence: 'Temporal at {address} cannot be reached: {problem}.',
    remedy:
      'Look whether it runs, and at the way to it. The address is the one of TEMPORAL_ADDRESS, or of the profile of the Temporal CLI; where Temporal asks for TLS, set TEMPORAL_TLS=true. One that closes connections may not know the client certificate. The worker tries again by itself.',
  },
  TEMPORAL_SETTINGS_NOT_VALID: {
    kind: 'terminal',
    sentence: 'The settings for Temporal are not valid: {problem}.',
    remedy:
      'Correct the environment variables TEMPORAL_… or the configuration file of the Temporal CLI, then start again.',
  },
  TEMPORAL_NOT_TRUSTED: {
    kind: 'terminal',
    sentence: 'The certificate of Temporal at {address} is not trusted: {problem}.',
    remedy:
      'Name the authority that has signed it in TEMPORAL_TLS_SERVER_CA_CERT_PATH (or `server_ca_cert_path` of the profile), then start again.',
  },
  TEMPORAL_OTHER_HOST: {
    kind: 'terminal',
    sentence: 'The certificate of Temporal at {address} is not one for that host: {problem}.',
    remedy:
      'Name a host in the address that is in the certificate, or set TEMPORAL_TLS_SERVER_NAME to one, then start again.',
  },
  TEMPORAL_CERTIFICATE_EXPIRED: {
    kind: 'retryable',
    sentence: 'The certificate of Temporal at {address} is not valid at this time: {problem}.',
    remedy: 'Give Temporal a new certificate; look at the clock of the worker, too. The worker tries again by itself.',
  },
  TEMPORAL_CLIENT_CERTIFICATE_REFUSED: {
    kind: 'terminal',
    sentence: 'Temporal at {address} refuses the client certificate, or asks for one that is not there: {problem}.',
    remedy:
      'Name one that is valid and signed by an authority that Temporal knows in TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH, then start again.',
  },
  TEMPORAL_WITHOUT_TLS: {
    kind: 'terminal',
    sentence: 'What answers at {address} speaks no TLS, and the settings ask for it: {problem}.',
    remedy:
      'Correct TEMPORAL_ADDRESS, or take TEMPORAL_TLS and what begins with it out of the settings (an API key asks for TLS, too; TEMPORAL_TLS=false does not), then start again.',
  },
  TEMPORAL_REFUSES: {
    kind: 'terminal',
    sentence: 'Temporal at {address} refuses this worker in namespace {namespace}: {problem}.',
    remedy:
      'Correct the API key (TEMPORAL_API_KEY) or the client certificate, or give it rights on the namespace, then start again.',
  },
  UNKNOWN_NAMESPACE: {
    kind: 'terminal',
    sentence: 'Temporal at {address} has no namespace {namespace}.',
    remedy:
      'Correct TEMPORAL_NAMESPACE (on Temporal Cloud with the account behind the dot), or make the namespace first.',
  },
} as const satisfies Catalogue;
