/** The phases of a migration (SPEC.md, "Phases"). */
export const migrationPhases = [
  'queued',
  'preparing',
  'copying',
  'indexing',
  'verifying',
  'ready',
  'postponed',
  'cuttingOver',
  'needsOperator',
  'completed',
  'cancelled',
  'failed',
] as const;

export type MigrationPhase = (typeof migrationPhases)[number];
