/** A Parquet file that does not follow the format. */
export class DamagedError extends Error {}

/** A part of a Parquet file that is too large to be held in memory. */
export class TooLargeError extends Error {}
