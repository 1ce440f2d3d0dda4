import { z } from 'zod';

const JSON_VALUE = z.json();

/** What options are described with: passing on all of zod would keep the bundler from leaving most of it out. */
export const OPTION_TYPES = {
  array: z.array,
  boolean: z.boolean,
  enum: z.enum,
  json: () => JSON_VALUE,
  number: z.number,
  record: z.record,
  strictObject: z.strictObject,
  string: z.string,
  tuple: z.tuple,
  union: z.union,
};
