/** Mends what is ours, once somebody has seen what that is and has agreed. */
import type { Mend } from './check.js';
import { oneLine } from './render.js';
import type { Mended } from './report.js';

export interface MendOptions {
  /** One object of JSON instead of a page: nobody is asked. */
  readonly json?: boolean | undefined;
  /** Does it without asking. */
  readonly yes?: boolean | undefined;
}

export interface Asking {
  readonly write: (text: string) => void;
  /** Absent where nobody can be asked. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/** Lists first, then asks, then does one after the other: one that fails is no reason to leave the others. */
export async function mendAll(
  mends: readonly Mend[],
  { json, yes }: MendOptions,
  { confirm, write }: Asking,
): Promise<readonly Mended[]> {
  const say = (text: string): void => (json === true ? undefined : write(text));
  say(`\n--fix would:\n${mends.map(({ what }, at) => `  ${at + 1}. ${oneLine(what)}\n`).join('')}`);
  const isWanted = yes === true || (json !== true && (await confirm?.('Do all of this?')) === true);
  if (!isWanted) {
    say(confirm === undefined ? 'Nothing was done: say --yes where nobody can be asked.\n' : 'Nothing was done.\n');
    return mends.map(({ what }) => ({ what, outcome: 'notDone', message: '' }));
  }
  const mended: Mended[] = [];
  for (const [at, one] of mends.entries()) {
    const result = await applied(one);
    mended.push(result);
    say(`  ${at + 1}. ${result.outcome === 'done' ? 'done' : 'FAILED'}: ${oneLine(result.message)}\n`);
  }
  say('\n');
  return mended;
}

async function applied({ what, apply }: Mend): Promise<Mended> {
  try {
    return { what, outcome: 'done', message: await apply() };
  } catch (error) {
    return { what, outcome: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
