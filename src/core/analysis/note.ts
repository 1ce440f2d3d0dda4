/** Something that a reader of figures needs to know, by the name of its kind. */
export type NoteKind =
  | 'no results'
  | 'no scores'
  | 'one variant'
  | 'no answers'
  | 'variant without answers'
  | 'variant stopped'
  | 'answers cut off'
  | 'several currencies'
  | 'cost unknown'
  | 'cost partly unknown'
  | 'rows without a cluster'
  | 'one cluster'
  | 'few clusters'
  | 'no scored answer'
  | 'equal scores'
  | 'equal scores on common rows'
  | 'one row'
  | 'variant without scores';

/** A note on the figures of a run. */
export interface AnalysisNote {
  readonly kind: NoteKind;
  /** In English. */
  readonly text: string;
  /** The variant or the column that it is of; absent if it is of the whole run. */
  readonly name?: string;
  /** The number that it is about; absent if there is none. */
  readonly count?: number;
  /** What that number is out of; absent if it is of nothing. */
  readonly of?: number;
}
