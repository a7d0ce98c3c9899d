/** What an open session costs a worker, which may have hundreds of them. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, inject, it } from 'vitest';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const sessions = 20;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it('An open session holds less than a quarter of a megabyte', async () => {
  const open = (): Promise<Session> => Session.open(inject('stack').commerce.switchyard, controlVariables);
  // What is made once for all of them.
  await (await open()).close();
  const before = heapBytes();
  const opened = await Promise.all(Array.from({ length: sessions }, open));
  const bytesOfEach = (heapBytes() - before) / sessions;
  await Promise.all(opened.map((session) => session.close()));
  expect(bytesOfEach).toBeLessThan(250_000);
});
