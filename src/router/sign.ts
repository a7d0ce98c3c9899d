import { createHmac } from 'node:crypto';

/** What a webhook request is signed with: HMAC-SHA256 over `<timestamp>.<body>`, after the name of this way to sign. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}
