/** Whether a server is a MySQL that is new enough; asked by preflight, and where our session settings are not known. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { mysqlVersionMin } from '../../../limits/mysql-server.js';

/** @throws SERVER_NOT_MYSQL, SERVER_TOO_OLD. */
export function refuseOtherServers(cluster: string, version: string, versionComment: string): void {
  if (/mariadb/i.test(`${version} ${versionComment}`)) {
    throw new SwitchyardError('SERVER_NOT_MYSQL', { cluster, product: 'MariaDB', version });
  }
  if (!isAtLeast(version, mysqlVersionMin)) {
    throw new SwitchyardError('SERVER_TOO_OLD', { cluster, version, needed: mysqlVersionMin.join('.') });
  }
}

/** A version that cannot be read counts as too old. */
function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  for (const [index, needed] of least.entries()) {
    const part = parts[index] ?? -1;
    if (part !== needed) return part > needed;
  }
  return true;
}
