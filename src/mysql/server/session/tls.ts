/**
 * TLS of a session, before the password is sent. The driver's own way compares a certificate with "localhost" where the
 * host is an IP address (tried with mysql2 3.24.5: one for localhost passes), and tells every failure alike; so the
 * handshake is made here. Uses the driver's internals, as the binlog stream does (mysql2 is pinned exactly for both).
 *
 * Sessions of TLS are not resumed: then nobody would look at the certificate again.
 */
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls';
import type { Connection } from 'mysql2';
import { SwitchyardError, type ErrorCode } from '../../../errors/switchyard-error.js';
import type { ClusterSettings, TlsSettings } from './cluster-settings.js';

/** What is needed of the driver's connection. */
interface DriverConnection {
  stream: Socket;
  readonly packetParser: { execute(data: Buffer): void };
  startTLS: (onSecure: (error?: Error) => void) => void;
  _handleNetworkError(error: Error): void;
}

/** Lets the connection make its handshake as the settings ask for. To be called before anything has come from the server. */
export function secure(connection: Connection, host: string, tls: TlsSettings): void {
  const driver = connection as unknown as DriverConnection;
  driver.startTLS = (onSecure) => {
    let isSecure = false;
    const plain = driver.stream;
    plain.removeAllListeners('data');
    const socket = connect({ socket: plain, ...handshakeOptions(host, tls) }, () => {
      isSecure = true;
      onSecure();
    });
    socket.on('error', (error: Error) => {
      if (isSecure) return driver._handleNetworkError(error);
      // The driver overwrites the code of what it is given.
      onSecure(new Error(error.message, { cause: error }));
    });
    socket.on('data', (data: Buffer) => driver.packetParser.execute(data));
    driver.stream = socket;
  };
}

function handshakeOptions(host: string, { mode, ca, cert, key }: TlsSettings) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: mode !== 'REQUIRED',
    // Asks a server that has several certificates for that of this host; an address is no name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
      mode === 'VERIFY_IDENTITY' ? checkServerIdentity(host, certificate) : undefined,
  };
}

type TlsCode = Extract<ErrorCode, `TLS_${string}`>;

/** What Node and OpenSSL call it, and what it is. */
const causes: readonly (readonly [names: RegExp, code: TlsCode])[] = [
  [/^HANDSHAKE_NO_SSL_SUPPORT$/, 'TLS_NOT_OFFERED'],
  [/^ERR_TLS_CERT_ALTNAME/, 'TLS_OTHER_HOST'],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, 'TLS_CERTIFICATE_EXPIRED'],
  [
    /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|CRL_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH$)/,
    'TLS_NOT_TRUSTED',
  ],
  [
    /^ERR_SSL_.*ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|UNSUPPORTED_CERTIFICATE|NO_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)/,
    'TLS_CLIENT_CERTIFICATE_REFUSED',
  ],
  [/^(ERR_SSL_|ERR_OSSL_|EPROTO$)/, 'TLS_NOT_AGREED'],
];

interface ConnectError extends Error {
  readonly code?: string;
  readonly reason?: string;
  /** Of the server, where names were compared. */
  readonly cert?: Pick<PeerCertificate, 'subject' | 'subjectaltname'>;
}

/** What ends a connection that is being made: by its name where it is of TLS, else as it was. */
export function connectError(error: ConnectError, { name, host, port, tls }: ClusterSettings): Error {
  const own =
    error.code === 'HANDSHAKE_SSL_ERROR' && error.cause instanceof Error ? (error.cause as ConnectError) : error;
  const [, code] = causes.find(([names]) => names.test(own.code ?? '')) ?? [];
  if (code === undefined) return own;
  const where = { cluster: name, address: `${host}:${port}` };
  const options = { cause: own };
  if (code === 'TLS_NOT_OFFERED') return new SwitchyardError(code, { ...where, mode: tls?.mode ?? '' }, options);
  if (code === 'TLS_OTHER_HOST') return new SwitchyardError(code, { ...where, names: namesIn(own) }, options);
  // OpenSSL's words are in the reason, without the place in its source.
  const problem = (own.reason ?? own.message).trim().replace(/\.$/, '');
  return new SwitchyardError(code, { ...where, problem }, options);
}

function namesIn({ cert }: ConnectError): string {
  return cert?.subjectaltname ?? String(cert?.subject.CN);
}

/** Whether the server has answered, though not as it has to. */
export function isTlsFailure(error: unknown): boolean {
  return error instanceof SwitchyardError && error.code.startsWith('TLS_');
}
