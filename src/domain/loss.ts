/**
 * What a change of a table's definition takes away: `destroys` means that something that is there now is not there
 * afterwards, and nobody is told while it goes; `narrows` that something which fits now may not fit any more: rows that
 * do not fit end the migration by name, and later writes are refused.
 */
export const lossEffects = {
  COLUMN_DROPPED: 'destroys',
  COLUMN_BECOMES_GENERATED: 'destroys',
  GENERATED_VALUES_CHANGE: 'destroys',
  TYPE_CHANGED: 'destroys',
  PRECISION_LOWER: 'destroys',
  TRAILING_SPACES_DROPPED: 'destroys',
  PRIMARY_KEY_DROPPED: 'destroys',
  UNIQUE_DROPPED: 'destroys',
  INDEX_DROPPED: 'destroys',
  CHECK_DROPPED: 'destroys',
  PARTITIONING_REMOVED: 'destroys',
  LENGTH_SHORTER: 'narrows',
  RANGE_SMALLER: 'narrows',
  CHARSET_SMALLER: 'narrows',
  COLLATION_CHANGED: 'narrows',
  LABELS_REMOVED: 'narrows',
  LABELS_REORDERED: 'narrows',
  SUBTYPE_SMALLER: 'narrows',
  NULL_TAKEN_AWAY: 'narrows',
  DEFAULT_TAKEN_AWAY: 'narrows',
  ON_UPDATE_TAKEN_AWAY: 'narrows',
  AUTO_INCREMENT_TAKEN_AWAY: 'narrows',
  GENERATION_TAKEN_AWAY: 'narrows',
  PARTITIONS_DROPPED: 'narrows',
} as const;

export type LossCode = keyof typeof lossEffects;
type LossEffect = (typeof lossEffects)[LossCode];

export interface Loss {
  readonly code: LossCode;
  readonly effect: LossEffect;
  readonly object: 'column' | 'index' | 'constraint' | 'table';
  /** What it is called before the change. */
  readonly name: string;
  /** What goes, in one sentence. */
  readonly sentence: string;
}
