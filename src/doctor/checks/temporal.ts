/** Temporal answers, by the way that a worker takes. */
import { ok, type Check } from '../check.js';

export const checkTemporal: Check<'temporal'> = {
  scope: 'temporal',
  name: 'temporal',
  opens: true,
  ask: async ({ temporal }) => {
    const { address, protection, connection } = await temporal();
    // A caller without rights on the cluster itself is not told.
    const { serverVersion } = await connection.workflowService.getSystemInfo({}).catch(() => ({ serverVersion: '' }));
    return [ok(`Temporal ${serverVersion === '' ? '' : `${serverVersion} `}at ${address} answers (${protection}).`)];
  },
};
