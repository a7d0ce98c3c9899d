/** What a writer reads whom a fence refuses: which move it is, and where the table lives now. */
import type { Place } from '../../../domain/routing.js';
import { fenceMessageCharactersMax } from '../../../limits/mysql-move.js';

/** At most as long as the server takes: of long names the end is left out, of the longest one first. */
export function fenceMessage(move: string, { cluster, database }: Place): string {
  // Code points, since the server counts characters and half of one is none.
  const names = [move, cluster, database].map((name) => [...name]);
  const text = (): string => {
    const [ofMove, ofCluster, ofDatabase] = names.map((name) => name.join(''));
    return `Switchyard move ${ofMove}: this table lives on cluster ${ofCluster}, database ${ofDatabase}; write there`;
  };
  while ([...text()].length > fenceMessageCharactersMax) {
    const longest = names.reduce((one, other) => (other.length > one.length ? other : one));
    longest.splice(-2, 2, '…');
  }
  return text();
}
