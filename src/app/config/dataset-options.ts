import type { OptionTable } from '../../core/option-spec.ts';

/** How a dataset is read. */
export const DATASET_OPTIONS = {
  inputFormat: {
    kind: 'choice',
    group: 'Rows',
    choices: ['csv', 'jsonl', 'json', 'xlsx', 'parquet'],
    describe: 'format of the dataset',
    placeholder: '<format>',
    isRare: true,
    defaultText: 'by its ending',
  },
  sheet: {
    kind: 'string',
    group: 'Rows',
    describe: 'sheet of an Excel workbook, by its name or number',
    placeholder: '<sheet>',
    isRare: true,
    defaultText: 'the first',
  },
  encoding: {
    kind: 'string',
    group: 'Rows',
    describe: 'dataset encoding, such as windows-1251',
    placeholder: '<name>',
    defaultText: 'utf-8',
  },
  idColumn: {
    kind: 'string',
    group: 'Rows',
    describe: 'column with the ids of rows, or a path into JSON, such as meta.id',
    placeholder: '<column>',
    isRare: true,
    defaultText: 'id',
  },
  messagesColumn: {
    kind: 'string',
    group: 'Rows',
    describe: 'column with conversations, or a path into JSON, such as body.messages',
    placeholder: '<column>',
    isRare: true,
    defaultText: 'messages',
  },
} as const satisfies OptionTable;
