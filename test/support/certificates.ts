/**
 * Certificates for tests, made when they are needed: an authority, and what it signs, right and wrong. Node signs, and reads
 * certificates, but makes none; what is missing is this much of DER (X.509 v3, ECDSA with SHA-256 on P-256).
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** PEM texts. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

interface Issued {
  readonly name?: string;
  /** Names of hosts, and IPv4 addresses. */
  readonly hosts?: readonly string[];
  /** From now; yesterday where absent. */
  readonly validFromDays?: number;
  /** From now; tomorrow where absent. */
  readonly validToDays?: number;
}

const dayMs = 86_400_000;

export class Authority {
  /** Its own certificate, for those who trust it. */
  readonly ca: string;
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(name: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#name = name;
    this.#key = privateKey;
    this.ca = this.#certificate({ name }, publicKey, [extension(oids.basicConstraints, sequence(boolean(true)), true)]);
  }

  issue({ name = 'test', hosts = [], ...valid }: Issued): KeyPair {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = hosts.map((host) =>
      isIPv4(host) ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host)),
    );
    const extensions = names.length === 0 ? [] : [extension(oids.subjectAltName, sequence(...names))];
    return {
      cert: this.#certificate({ name, ...valid }, publicKey, extensions),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  #certificate(
    { name = '', validFromDays = -1, validToDays = 1 }: Issued,
    publicKey: KeyObject,
    extensions: readonly Buffer[],
  ): string {
    const algorithm = sequence(oids.ecdsaWithSha256);
    const body = sequence(
      tagged(0xa0, integer(Buffer.from([2]))),
      // Positive, and not shortened by zeros.
      integer(Buffer.from([0x40, ...randomBytes(15)])),
      algorithm,
      distinguishedName(this.#name),
      sequence(time(validFromDays), time(validToDays)),
      distinguishedName(name),
      publicKey.export({ type: 'spki', format: 'der' }),
      ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
    );
    const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, this.#key)]));
    const text = sequence(body, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
    return `-----BEGIN CERTIFICATE-----\n${text.trim()}\n-----END CERTIFICATE-----\n`;
  }
}

/** As DER has them, with their tags. */
const oids = {
  commonName: Buffer.from('0603550403', 'hex'),
  basicConstraints: Buffer.from('0603551d13', 'hex'),
  subjectAltName: Buffer.from('0603551d11', 'hex'),
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
};

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length > 0xff ? [0x82, length >> 8, length & 0xff] : [0x81, length];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function distinguishedName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oids.commonName, tagged(0x0c, Buffer.from(name)))));
}

function extension(oid: Buffer, value: Buffer, critical = false): Buffer {
  return sequence(oid, ...(critical ? [boolean(true)] : []), tagged(0x04, value));
}

/** UTCTime: good until 2049. */
function time(daysFromNow: number): Buffer {
  const digits = new Date(Date.now() + daysFromNow * dayMs).toISOString().replace(/\D/g, '');
  return tagged(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}
