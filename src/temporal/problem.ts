/** What an error on the way to Temporal means. The SDK hands on what its Rust core prints, so that words are all there is. */
import { SwitchyardError, type ErrorCode } from '../errors/switchyard-error.js';
import type { TemporalSettings } from './settings.js';

type TemporalCode = Extract<ErrorCode, `TEMPORAL_${string}`>;
type Code = Exclude<TemporalCode, 'TEMPORAL_REFUSES' | 'TEMPORAL_SETTINGS_NOT_VALID'>;

const alerts =
  'CertificateRequired|BadCertificate|UnknownCA|Certificate\\w+|UnsupportedCertificate|AccessDenied|DecryptError';

/** Words of rustls, which checks certificates for the SDK, and of the alerts that a server sends. */
const causes: readonly (readonly [words: RegExp, code: Code])[] = [
  [/InvalidCertificate\(NotValidForName/, 'TEMPORAL_OTHER_HOST'],
  [/InvalidCertificate\((Expired|NotValidYet)/, 'TEMPORAL_CERTIFICATE_EXPIRED'],
  [/InvalidCertificate/, 'TEMPORAL_NOT_TRUSTED'],
  [new RegExp(`fatal alert: (${alerts})`), 'TEMPORAL_CLIENT_CERTIFICATE_REFUSED'],
  [/InvalidContentType/, 'TEMPORAL_WITHOUT_TLS'],
];

/** Statuses of gRPC. */
const notFound = 5;
const refusals: ReadonlySet<unknown> = new Set([7, 16]);
const refusal = /code: '(The request does not have valid authentication|The caller does not have permission)/;

/** The error by its name. */
export function temporalProblem(
  error: unknown,
  settings: Pick<TemporalSettings, 'address' | 'namespace'>,
): SwitchyardError {
  if (error instanceof SwitchyardError) return error;
  const { address, namespace } = settings;
  const said = error instanceof Error ? error.message : String(error);
  const { code: status } = error as { readonly code?: unknown };
  const problem = wordsOf(said);
  const options = { cause: error };
  if (error instanceof TypeError || said.includes('PrivateKeyParseError')) {
    return new SwitchyardError('TEMPORAL_SETTINGS_NOT_VALID', { problem }, options);
  }
  if (status === notFound) return new SwitchyardError('UNKNOWN_NAMESPACE', { address, namespace }, options);
  if (refusals.has(status) || refusal.test(said)) {
    return new SwitchyardError('TEMPORAL_REFUSES', { address, namespace, problem }, options);
  }
  const [, code = 'TEMPORAL_UNREACHABLE'] = causes.find(([words]) => words.test(said)) ?? [];
  return new SwitchyardError(code, { address, problem }, options);
}

/** What people understand of `tonic::transport::Error(Transport, ConnectError(… message: "Connection refused" }))`. */
function wordsOf(said: string): string {
  const [, presented] = /presented: \[(.*)\]/.exec(said) ?? [];
  if (presented !== undefined) return `it is one for ${presented.replace(/"?\w+\(\\?"([^"\\]*)\\?"\)"?/g, '$1')}`;
  const [, what, seconds] = /(not_after|not_before): UnixTime\((\d+)\)/.exec(said) ?? [];
  if (seconds !== undefined) {
    const at = new Date(Number(seconds) * 1_000).toISOString();
    return what === 'not_after' ? `it has expired at ${at}` : `it is valid from ${at} on`;
  }
  if (said.includes('UnknownIssuer')) return 'nobody whom the settings name has signed it';
  const quoted = [...said.matchAll(/(?:message|error): "([^"]+)"/g)].map(([, words = '']) => words);
  return (quoted.findLast((words) => words !== 'transport error') ?? said).replace(/\.$/, '').replace(/: https:.*/, '');
}
