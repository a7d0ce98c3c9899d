/** What goes wrong during a soak. Each fault ends by itself, and leaves everything as it was but for what it has cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from '../../src/mysql/server/session/session.js';
import type { Side, SoakedMove } from './soaked-move.js';

export interface Fault {
  readonly name: string;
  /** Whether clients may be held up while it lasts: it stops a server, or writes to it. */
  readonly stopsWrites: boolean;
  run(move: SoakedMove, forMs: number): Promise<void>;
}

const sides: readonly Side[] = ['source', 'target'];

function killed(side: Side): Fault {
  return {
    name: `${side} killed`,
    stopsWrites: true,
    async run({ servers }, forMs) {
      const { server } = servers[side];
      await server.kill('SIGKILL');
      await sleep(forMs);
      await server.start();
    },
  };
}

function frozen(side: Side): Fault {
  return {
    name: `${side} frozen`,
    stopsWrites: true,
    async run({ servers }, forMs) {
      const { server } = servers[side];
      await server.kill('SIGSTOP');
      await sleep(forMs);
      await server.kill('SIGCONT');
    },
  };
}

/** A session of somebody else's that does something, holds it for a while, and goes. */
function held(name: string, side: Side, stopsWrites: boolean, statements: readonly string[]): Fault {
  return {
    name: `${name} on the ${side}`,
    stopsWrites,
    async run(move, forMs) {
      const { root } = move.servers[side].cluster;
      const session = await Session.open(root, { autocommit: 1 });
      try {
        // The table may not be there, or no more.
        for (const statement of statements) {
          await session.run(statement.replace('orders', `\`${move.database}\`.orders`)).catch(() => undefined);
        }
        await sleep(forMs);
      } finally {
        await session.close();
      }
    },
  };
}

const onSides: readonly Fault[] = sides.flatMap((side) => [
  killed(side),
  frozen(side),
  held('an idle reader', side, false, ['START TRANSACTION', 'SELECT COUNT(*) FROM orders']),
  held('a backup lock', side, false, ['LOCK INSTANCE FOR BACKUP']),
  held('a global read lock', side, true, ['SET SESSION lock_wait_timeout = 2', 'FLUSH TABLES WITH READ LOCK']),
  held('a writer that stays open', side, true, [
    'SET SESSION innodb_lock_wait_timeout = 2',
    'START TRANSACTION',
    'UPDATE orders SET note = note WHERE id < 0',
    'SELECT id FROM orders ORDER BY id LIMIT 1 FOR UPDATE',
  ]),
  held('a full copy by a long read', side, false, ['SELECT COUNT(*) FROM orders a, orders b']),
]);

export const faults: readonly Fault[] = [
  ...onSides,
  {
    name: 'the worker killed',
    stopsWrites: false,
    async run(move, forMs) {
      move.worker.kill('SIGKILL');
      await move.worker.exited;
      await sleep(forMs);
      await move.startWorker();
    },
  },
  {
    name: 'the worker frozen',
    stopsWrites: false,
    async run({ worker }, forMs) {
      worker.kill('SIGSTOP');
      await sleep(forMs);
      worker.kill('SIGCONT');
    },
  },
];
