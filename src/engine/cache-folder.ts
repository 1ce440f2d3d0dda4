/** Written into a cache folder; different text means that another version created it. */
export const CACHE_FORMAT = 'promptgrid-cache 1\n';

/** Files of a cache folder. */
export const CACHE_FILES = {
  format: 'format',
  data: 'data.mdb',
  lock: 'lock.mdb',
  broken: 'data.mdb.broken',
} as const;
