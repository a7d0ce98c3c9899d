import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { MoveCommandName } from '../../../src/lifecycle/move/command.js';
import { components, moveCommandNames } from '../../../src/lifecycle/move/command.js';
import type { Given } from './driver.js';
import { bringTo, bringToEnd } from './course.js';
import { terms } from './outcomes.js';
import type { End } from './ends.js';
import type { Move } from './monitor.js';
import { Monitor } from './monitor.js';

const end: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('end' as const),
  lane: fc.oneof(
    { weight: 5, arbitrary: fc.constant('main' as const) },
    { weight: 2, arbitrary: fc.constantFrom('route' as const, 'probe' as const) },
  ),
  how: fc.oneof(
    { weight: 120, arbitrary: fc.constant<End>('usual') },
    { weight: 80, arbitrary: fc.constant<End>('switched') },
    { weight: 30, arbitrary: fc.constantFrom<End>('sourceGone', 'targetGone') },
    { weight: 40, arbitrary: fc.constantFrom<End>('lost', 'retryable') },
    { weight: 4, arbitrary: fc.constant<End>('needsOperator') },
    { weight: 1, arbitrary: fc.constant<End>('terminal') },
  ),
});

const options: fc.Arbitrary<Given> = fc.record(
  {
    dryRun: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    reads: fc.boolean(),
    writes: fc.boolean(),
    ignoreWindow: fc.boolean(),
    acceptLoss: fc.boolean(),
    force: fc.boolean(),
    components: fc.subarray([...components], { minLength: 1 }),
    overrideReachableSource: fc.boolean(),
    throttle: fc.record({ lagMsMax: fc.constantFrom(null, 1_000, 2_000) }),
  },
  { requiredKeys: ['throttle'] },
);

const oneCommand: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('command' as const),
  name: fc.oneof(
    {
      weight: 60,
      arbitrary: fc.constantFrom<MoveCommandName>(...moveCommandNames.filter((name) => name !== 'cancel')),
    },
    { weight: 40, arbitrary: fc.constantFrom<MoveCommandName>('switchTraffic', 'reverseTraffic') },
    { weight: 1, arbitrary: fc.constant<MoveCommandName>('cancel') },
  ),
  options,
  reason: fc.constantFrom(null, ' ', 'because', 'because', 'because'),
});

const windowLook: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('window' as const),
  open: fc.boolean(),
  ms: fc.integer({ min: 1, max: 120_000 }),
});

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 250, arbitrary: end },
  { weight: 100, arbitrary: oneCommand },
  { weight: 60, arbitrary: fc.record({ kind: fc.constant('tick' as const), ms: fc.integer({ min: 0, max: 60_000 }) }) },
  { weight: 15, arbitrary: windowLook },
  { weight: 1, arbitrary: fc.constant<Move>({ kind: 'temporalCancel' }) },
);

const rarely = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

const scenario = fc.record({
  postponeLaunch: fc.boolean(),
  verifyBeforeSwitch: fc.boolean(),
  reverseReplication: fc.oneof(
    { weight: 5, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  autoSwitch: rarely,
  autoComplete: rarely,
  window: fc.option(fc.constant([{ from: '02:00', to: '04:00' }] as const), { nil: undefined }),
  from: fc.constantFrom('queued' as const, 'following' as const, 'switched' as const),
  moves: fc.array(move, { minLength: 1, maxLength: 100, size: 'max' }),
});

describe('random histories of a move', () => {
  it('keep every invariant and can always be brought to an end', () => {
    fc.assert(
      fc.property(scenario, ({ moves, from, window, ...given }) => {
        const limits = window === undefined ? terms.switch : { ...terms.switch, window };
        const monitor = new Monitor({ ...terms, ...given, switch: limits });
        bringTo(monitor, from);
        for (const step of moves) monitor.play(step);
        bringToEnd(monitor);
      }),
      { numRuns: 600 },
    );
  });
});
