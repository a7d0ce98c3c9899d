import type { Catalogue } from '../entry.js';

/** The encrypted connection to a server. All of it is tried again: certificates are renewed while operations run. */
export const tlsErrors = {
  TLS_NOT_OFFERED: {
    kind: 'retryable',
    sentence:
      'The server of cluster {cluster} ({address}) offers no TLS, and the configuration asks for it (mode {mode}).',
    remedy:
      'Give the server a certificate (ssl_cert, ssl_key, then ALTER INSTANCE RELOAD TLS), or take `tls` out of the configuration of the workers and restart them. It is tried again until then.',
  },
  TLS_NOT_TRUSTED: {
    kind: 'retryable',
    sentence: 'The certificate of the server of cluster {cluster} ({address}) is not trusted: {problem}.',
    remedy:
      'Name the authority that has signed it in `tls.ca` in the configuration of the workers and restart them, or give the server a certificate of an authority that is named there. It is tried again until then.',
  },
  TLS_OTHER_HOST: {
    kind: 'retryable',
    sentence:
      'The certificate of the server of cluster {cluster} ({address}) is not one for that host, but for {names}.',
    remedy:
      'Give the server a certificate that names the host of the configuration (subjectAltName; an IP address needs an entry of its own kind), or name a host in the configuration that is in it. With the mode VERIFY_CA names are not compared. It is tried again until then.',
  },
  TLS_CERTIFICATE_EXPIRED: {
    kind: 'retryable',
    sentence:
      'The certificate of the server of cluster {cluster} ({address}), or that of its authority, is not valid at this time: {problem}.',
    remedy:
      'Give the server a new certificate and let it read that (ALTER INSTANCE RELOAD TLS); look at the clock of the worker, too. It is tried again until then.',
  },
  TLS_CLIENT_CERTIFICATE_REFUSED: {
    kind: 'retryable',
    sentence:
      'The server of cluster {cluster} ({address}) refuses the client certificate of the configuration: {problem}.',
    remedy:
      'Put into `tls.cert` and `tls.key` a certificate that is valid and signed by an authority in ssl_ca of the server, and restart the workers. It is tried again until then.',
  },
  TLS_NOT_AGREED: {
    kind: 'retryable',
    sentence: 'The server of cluster {cluster} ({address}) and the worker cannot agree on TLS: {problem}.',
    remedy:
      'Compare tls_version and the ciphers of the server with what Node offers (TLS 1.2 and 1.3), and look for something between them that changes what is sent. It is tried again until then.',
  },
} as const satisfies Catalogue;
