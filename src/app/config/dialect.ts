import { UsageError } from '../../core/errors.ts';
import type { OutputConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';

/** The text options of CSV results. */
export type CsvDialect = Pick<OutputConfig, 'delimiter' | 'bom' | 'decimal'>;

/** The settings that decide them. */
export type DialectSettings = Pick<FileSettings, 'delimiter' | 'bom' | 'decimal' | 'excel'>;

const PLAIN: CsvDialect = { delimiter: ',', bom: false, decimal: '.' };

/** What Excel needs in places where numbers have a decimal comma. */
const WITH_COMMA: CsvDialect = { delimiter: ';', bom: true, decimal: ',' };

/** How CSV results are written. @throws UsageError if `excel` and an option that it sets contradict each other */
export function resolveDialect(settings: DialectSettings): CsvDialect {
  const { excel, delimiter, bom, decimal } = settings;
  const base = excel === undefined ? PLAIN : WITH_COMMA;
  const sign = decimal === undefined ? undefined : decimal === 'comma' ? ',' : '.';
  const dialect = { delimiter: delimiter ?? base.delimiter, bom: bom ?? base.bom, decimal: sign ?? base.decimal };
  if (excel !== undefined) {
    const given = [
      dialect.delimiter === base.delimiter ? '' : `--delimiter ${JSON.stringify(delimiter)}`,
      dialect.bom === base.bom ? '' : '--no-bom',
      dialect.decimal === base.decimal ? '' : `--decimal ${decimal}`,
    ].filter((text) => text !== '');
    const [first] = given;
    if (first !== undefined) throw conflict(excel, first);
  }
  return dialect;
}

function conflict(excel: string, given: string): UsageError {
  return new UsageError(`--excel ${excel} and ${given} contradict each other`, {
    hint: `remove one of the two: --excel ${excel} stands for --delimiter ';' --bom --decimal comma`,
  });
}
