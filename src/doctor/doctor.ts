/** The doctor: looks at everything, says what it has found, and mends what is ours where somebody says so. */
import type { Config } from '../config/config.js';
import { mendAll, type Asking, type MendOptions } from './mend-all.js';
import type { ReachedTemporal } from './reached-temporal.js';
import { renderReport, type Page } from './render.js';
import { exitCodes, mendsOf, reportOf, type Found, type Mended } from './report.js';
import { runChecks } from './run-checks.js';

export interface DoctorOptions extends MendOptions {
  readonly fix?: boolean | undefined;
  readonly databases?: readonly string[];
}

/** Where it runs. */
export interface Around extends Asking {
  readonly config: Config;
  /** Called once; its connection is closed here. */
  readonly reachTemporal: () => Promise<ReachedTemporal>;
  readonly page: Page;
}

/** @returns the exit code. Never throws for what it finds. */
export async function doctor(options: DoctorOptions, around: Around): Promise<number> {
  const reached = around.reachTemporal();
  // Whoever asks hears of it; until then nobody does.
  reached.catch(() => undefined);
  try {
    const look = (): Promise<readonly Found[]> =>
      runChecks({ config: around.config, temporal: () => reached, databases: options.databases ?? [] });
    const found = await look();
    const mends = mendsOf(found);
    if (options.fix !== true || mends.length === 0) {
      return show(found, options, around, options.fix === true ? [] : undefined);
    }
    if (options.json !== true) show(found, options, around);
    const mended = await mendAll(mends, options, around);
    // Nothing was changed: there is nothing new to see.
    if (mended.every(({ outcome }) => outcome === 'notDone')) {
      if (options.json === true) show(found, options, around, mended);
      return exitCodes[reportOf(found, new Date()).outcome];
    }
    return show(await look(), options, around, mended);
  } finally {
    await reached.then(({ connection }) => connection.close()).catch(() => undefined);
  }
}

function show(
  found: readonly Found[],
  { json }: DoctorOptions,
  { page, write }: Around,
  mended?: readonly Mended[],
): number {
  const report = reportOf(found, new Date(), mended);
  write(json === true ? `${JSON.stringify(report)}\n` : renderReport(report, page));
  return exitCodes[report.outcome];
}
