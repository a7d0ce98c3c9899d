/** The section `tls` of a server: modes as MySQL's clients name them, and files, looked at when they are read. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { mustBe } from '../errors/schema-problem.js';

const modes = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;

/** Paths are those of PEM files, relative to the configuration file. */
export const tlsSchema = z.strictObject({
  mode: z.enum(modes, { error: (issue) => mustBe(issue, `one of ${modes.join(', ')}`) }).default('VERIFY_IDENTITY'),
  ca: z.string().optional(),
  cert: z.string().optional(),
  key: z.string().optional(),
});

/** With the files read. */
export interface TlsConfig {
  readonly mode: Exclude<(typeof modes)[number], 'DISABLED'>;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the files. @returns undefined for the mode DISABLED.
 * @param read gets a path as it is written in the configuration.
 * @throws what is wrong, as the end of a sentence that begins with the field.
 */
export function readTls(
  { mode, ...paths }: z.infer<typeof tlsSchema>,
  read: (path: string) => string,
): TlsConfig | undefined {
  if (mode === 'DISABLED') {
    if (Object.values(paths).some((path) => path !== undefined)) throw new Error('mode DISABLED uses no files');
    return undefined;
  }
  if (mode === 'REQUIRED' && paths.ca !== undefined) {
    throw new Error('mode REQUIRED looks at no certificate, so that ca has no effect; VERIFY_CA does');
  }
  if ((paths.cert === undefined) !== (paths.key === undefined)) throw new Error('cert and key go together');
  const [ca, cert, key] = [paths.ca, paths.cert, paths.key].map((path) => (path === undefined ? path : read(path)));
  if (ca !== undefined) certificatesIn(ca, `ca: ${paths.ca}`);
  if (cert !== undefined && key !== undefined) checkPair({ cert, key }, paths);
  return {
    mode,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function checkPair(
  { cert, key }: Record<'cert' | 'key', string>,
  paths: Partial<Record<'cert' | 'key', string | undefined>>,
): void {
  const [own] = certificatesIn(cert, `cert: ${paths.cert}`);
  const secret = valueOf(`key: ${paths.key} has no private key (PEM, without a passphrase)`, () =>
    createPrivateKey(key),
  );
  if (own?.checkPrivateKey(secret) !== true) throw new Error(`key: ${paths.key} does not belong to ${paths.cert}`);
}

const certificates = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

function certificatesIn(pem: string, what: string): readonly X509Certificate[] {
  const found = pem.match(certificates) ?? [];
  if (found.length === 0) throw new Error(`${what} has no certificate (PEM)`);
  return found.map((text) => valueOf(`${what} has a certificate that cannot be read`, () => new X509Certificate(text)));
}

/** What the parser says of a file that may be a key is not passed on. */
function valueOf<Value>(problem: string, parse: () => Value): Value {
  try {
    return parse();
  } catch {
    throw new Error(problem);
  }
}
