/** What the SDK's core prints (1.24, tried against servers), and what is made of it. */
import { expect, it } from 'vitest';
import { temporalProblem } from '../../src/temporal/problem.js';

const settings = { address: 'temporal.example.com:7233', namespace: 'shop' };
const connecting = (inner: string): string => `tonic::transport::Error(Transport, ConnectError(${inner}))`;
const invalid = (why: string): string => connecting(`Custom { kind: InvalidData, error: InvalidCertificate(${why}) }`);
const calling = (error: string): string =>
  `Failed to call GetSystemInfo: code: 'Unknown error', message: "transport error", source: ` +
  `tonic::transport::Error(Transport, hyper::Error(Io, Custom { kind: InvalidData, error: "${error}" }))`;

const printed: readonly (readonly [said: string, code: string, words: string])[] = [
  [
    connecting(
      'ConnectError("tcp connect error", 127.0.0.1:1, Os { code: 111, kind: X, message: "Connection refused" })',
    ),
    'TEMPORAL_UNREACHABLE',
    'cannot be reached: Connection refused.',
  ],
  [
    connecting(
      'ConnectError("dns error", Custom { kind: Uncategorized, error: "failed to lookup address information: Name or service not known" })',
    ),
    'TEMPORAL_UNREACHABLE',
    'cannot be reached: failed to lookup address information: Name or service not known.',
  ],
  [invalid('UnknownIssuer'), 'TEMPORAL_NOT_TRUSTED', 'nobody whom the settings name has signed it.'],
  [
    invalid(
      'NotValidForNameContext { expected: DnsName("a"), presented: ["DnsName(\\"x.example.com\\")", "DnsName(\\"y\\")"] }',
    ),
    'TEMPORAL_OTHER_HOST',
    'it is one for x.example.com, y.',
  ],
  [
    invalid('ExpiredContext { time: UnixTime(1796010775), not_after: UnixTime(1795924375) }'),
    'TEMPORAL_CERTIFICATE_EXPIRED',
    'it has expired at 2026-11-29T03:52:55.000Z.',
  ],
  [
    invalid('NotValidYetContext { time: UnixTime(1796010775), not_before: UnixTime(1796097175) }'),
    'TEMPORAL_CERTIFICATE_EXPIRED',
    'it is valid from 2026-12-01T03:52:55.000Z on.',
  ],
  ...[
    'CertificateRequired',
    'BadCertificate',
    'UnknownCA',
    'CertificateExpired',
    'CertificateUnknown',
    'AccessDenied',
  ].map(
    (alert) =>
      [calling(`received fatal alert: ${alert}`), 'TEMPORAL_CLIENT_CERTIFICATE_REFUSED', `alert: ${alert}.`] as const,
  ),
  [calling('received fatal alert: HandshakeFailure'), 'TEMPORAL_UNREACHABLE', 'alert: HandshakeFailure.'],
  [
    calling('peer closed connection without sending TLS close_notify: https://docs.rs/rustls/x.html#unexpected-eof'),
    'TEMPORAL_UNREACHABLE',
    'cannot be reached: peer closed connection without sending TLS close_notify.',
  ],
  [
    connecting('Custom { kind: InvalidData, error: InvalidMessage(InvalidContentType) }'),
    'TEMPORAL_WITHOUT_TLS',
    'InvalidContentType',
  ],
  [
    `Failed to call GetSystemInfo: code: 'The request does not have valid authentication credentials', message: "Request unauthorized."`,
    'TEMPORAL_REFUSES',
    'refuses this worker in namespace shop: Request unauthorized.',
  ],
];

it.each(printed)('%s', (said, code, words) => {
  expect(temporalProblem(new Error(said), settings)).toMatchObject({
    code,
    message: expect.stringContaining(words) as string,
  });
});

it('knows the statuses of gRPC', () => {
  const service = (code: number, message: string): Error => Object.assign(new Error(message), { code });
  expect(temporalProblem(service(5, 'Namespace shop is not found.'), settings).code).toBe('UNKNOWN_NAMESPACE');
  expect(temporalProblem(service(7, 'Request unauthorized.'), settings).code).toBe('TEMPORAL_REFUSES');
  expect(temporalProblem(service(16, 'Invalid API key'), settings).code).toBe('TEMPORAL_REFUSES');
  expect(temporalProblem(service(14, 'unavailable'), settings).code).toBe('TEMPORAL_UNREACHABLE');
});
