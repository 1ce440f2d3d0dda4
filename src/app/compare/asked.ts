import { type JsonObject, textOf } from '../../core/json.ts';
import { questionText } from '../../core/question.ts';
import { columnNames, columnText, columnValue, type Row } from '../../core/row.ts';
import type { Source } from '../../store/source.ts';
import { storedRow } from '../../store/stored-rows.ts';
import { expectedText, StoredQuestions } from '../report/row-question.ts';
import { ownContentColumns } from './row-content.ts';

/** What a row asks and expects, as far as it is known. */
interface Asked {
  readonly question: string | null;
  readonly expected: string | null;
}

const NOTHING_ASKED: Asked = { question: null, expected: null };

/** What the records of one side ask and expect. */
export class AskedOf {
  readonly #source: Source;
  readonly #questions: StoredQuestions;

  constructor(source: Source) {
    this.#source = source;
    this.#questions = new StoredQuestions(source.facts.templates);
  }

  /** @param value a record of the side; nothing is known without one. @param prompt its name */
  of(value: JsonObject | undefined, prompt: string): Asked {
    if (value === undefined) return NOTHING_ASKED;
    if (this.#source.kind === 'baseline') {
      return { question: textOf(value['question']), expected: textOf(value['expected']) };
    }
    return this.ofRow(storedRow(value, 0), prompt);
  }

  /** The same of a row with its columns. */
  ofRow(row: Row, prompt: string): Asked {
    const { columns, facts } = this.#source;
    const messages = this.#questions.messages(prompt, row);
    const named = facts.contentColumns ?? ownContentColumns({ columns: [...columns, ...columnNames(row)], facts });
    return {
      question: messages === null ? columnsText(row, [...new Set(named)]) : questionText(messages),
      expected: expectedText(row, facts.expectedColumn),
    };
  }
}

/** Without a template, the columns that determine the request; null if the row has none of them. */
function columnsText(row: Row, names: readonly string[]): string | null {
  const filled = names
    .map((name) => [name, columnText(columnValue(row, name))] as const)
    .filter(([, text]) => text !== '');
  const [first, ...others] = filled;
  if (first === undefined) return null;
  return others.length === 0 ? first[1] : filled.map(([name, text]) => `${name}: ${text}`).join('\n');
}
