/** What a session and its server have agreed on to encrypt it. */
import type { Session } from './session.js';

export interface AgreedTls {
  /** As the server calls it, such as TLSv1.3. */
  readonly version: string;
  readonly cipher: string;
}

/** Undefined where nothing is encrypted. Needs no privilege. @throws the driver's errors. */
export async function agreedTls(session: Session): Promise<AgreedTls | undefined> {
  const rows = await session.rows<{ Variable_name: string; Value: string }>(
    "SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_version', 'Ssl_cipher')",
  );
  const valueOf = (name: string): string => rows.find(({ Variable_name }) => Variable_name === name)?.Value ?? '';
  const [version, cipher] = [valueOf('Ssl_version'), valueOf('Ssl_cipher')];
  return cipher === '' ? undefined : { version, cipher };
}
