import { GRID_OPTIONS } from '../../src/app/config/options.ts';
import { type OptionValues, readOptions } from '../../src/app/config/settings.ts';
import { CONFIG_OPTION, DATASET_ARGUMENT } from '../../src/commands/shared-options.ts';

const TABLE = { ...GRID_OPTIONS, ...CONFIG_OPTION, ...DATASET_ARGUMENT };

/** The flags of a grid as `run` and `estimate` read them. @param given texts, or values that a reader takes */
export function readGridFlags(given: Readonly<Record<string, unknown>>): OptionValues<typeof TABLE> {
  return readOptions(TABLE, given);
}
