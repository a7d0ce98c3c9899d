/**
 * An endpoint of Temporal as the cloud has it, on loopback: TLS, perhaps with client certificates, perhaps with an API key,
 * before the tests' own Temporal, to which it passes every call on.
 */
import {
  connect,
  constants,
  createSecureServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { KeyPair } from './certificates.js';

export interface EndpointOptions {
  readonly pair: KeyPair;
  /** A free one where it is absent. */
  readonly port?: number;
  /** Clients have to show a certificate of this authority. */
  readonly clientCa?: string;
  /** Other keys are refused. */
  readonly apiKey?: string;
}

export interface TemporalEndpoint {
  readonly port: number;
  /** Calls that were passed on, by their names. */
  readonly passed: ReadonlySet<string>;
  /** From now on this is the key that is not refused. */
  accept(apiKey: string): void;
  close(): Promise<void>;
}

const { HTTP2_HEADER_PATH, HTTP2_HEADER_STATUS, HTTP2_HEADER_AUTHORIZATION } = constants;

/** @param to the plain address of Temporal. */
export async function startTemporalEndpoint(to: string, options: EndpointOptions): Promise<TemporalEndpoint> {
  const { pair, port = 0, clientCa } = options;
  let { apiKey } = options;
  const passed = new Set<string>();
  const sessions = new Set<ServerHttp2Session | ClientHttp2Session>();
  const keep = <Kept extends ServerHttp2Session | ClientHttp2Session>(session: Kept): Kept => {
    sessions.add(session);
    session.on('error', () => session.destroy());
    session.on('close', () => sessions.delete(session));
    return session;
  };
  const server = createSecureServer({
    ...pair,
    ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  });
  server.on('session', (session) => {
    const upstream = keep(connect(`http://${to}`));
    keep(session).on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      if (apiKey !== undefined && headers[HTTP2_HEADER_AUTHORIZATION] !== `Bearer ${apiKey}`) return refuse(stream);
      passed.add(String(headers[HTTP2_HEADER_PATH]).replace(/^.*\//, ''));
      passOn(stream, headers, upstream);
    });
    session.on('close', () => upstream.destroy());
  });
  server.on('sessionError', () => undefined);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passed,
    accept: (other) => {
      apiKey = other;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

/** UNAUTHENTICATED, as gRPC says it without an answer. */
function refuse(stream: ServerHttp2Stream): void {
  stream.respond(
    {
      [HTTP2_HEADER_STATUS]: 200,
      'content-type': 'application/grpc',
      'grpc-status': '16',
      'grpc-message': 'Request unauthorized.',
    },
    { endStream: true },
  );
}

function passOn(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, upstream: ClientHttp2Session): void {
  const call = upstream.request({ ...headers, ':authority': undefined, ':scheme': 'http' });
  call.on('error', () => stream.destroy());
  stream.on('close', () => call.destroy());
  stream.pipe(call);
  let trailers: IncomingHttpHeaders = {};
  call.on('trailers', (said) => {
    trailers = said;
  });
  call.on('response', (answer, flags) => {
    if (stream.destroyed) return;
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) return stream.respond(answer, { endStream: true });
    stream.respond(answer, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    call.pipe(stream);
  });
}
