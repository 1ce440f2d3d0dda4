import { DatasetError, UsageError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../core/json.ts';
import { type Row, rowPlace } from '../../core/row.ts';
import { isPathInto, SeenPaths, valueAt } from '../../core/row-path.ts';
import type { Scorer } from '../../core/scorer.ts';
import { didYouMean } from '../../io/nearest.ts';
import { describeColumns } from '../../prompts/template.ts';
import type { RowsConfig, ScoringConfig } from '../config/run-config.ts';
import { expectedOf } from '../scoring/score-answer.ts';

const OBJECT_HINT = 'use json-fields, tool-call, a judge or a module, or name another column with --expected';
const LIST_HINT = 'write a part that holds commas in double quotes, and a double quote in it twice';

/** Maximum lines of rows that a warning lists. */
const MAX_LINES = 5;

class Lacking {
  readonly scorer: Scorer;
  rows = 0;
  asked = 0;
  readonly lines: number[] = [];

  constructor(scorer: Scorer) {
    this.scorer = scorer;
  }
}

/** Finds the rows that a scorer scores but that have nothing to compare an answer with. */
export class ExpectedCheck {
  readonly #config: ScoringConfig & Pick<RowsConfig, 'dataset'>;
  readonly #scorers: readonly Scorer[];
  readonly #needy: readonly Lacking[];
  readonly #paths = new SeenPaths();

  constructor(config: ScoringConfig & Pick<RowsConfig, 'dataset'>, scorers: readonly Scorer[]) {
    this.#config = config;
    this.#scorers = scorers;
    this.#needy = scorers.filter(({ needsExpected }) => needsExpected).map((scorer) => new Lacking(scorer));
  }

  add(row: Row): void {
    if (this.#needy.length === 0) return;
    this.#paths.add(row);
    const { text } = expectedOf(row, this.#config.expectedColumn);
    const lacks = text === null;
    for (const lacking of this.#needy) {
      if (!lacking.scorer.appliesTo(row)) continue;
      if (text !== null) this.#checkUse(row, lacking.scorer, text);
      lacking.asked += 1;
      if (!lacks) continue;
      lacking.rows += 1;
      if (lacking.lines.length < MAX_LINES) lacking.lines.push(row.line);
    }
  }

  /** @throws DatasetError if the scorer cannot compare with the row's expected value */
  #checkUse(row: Row, { name, expects, faultOf }: Scorer, text: string): void {
    const { expectedColumn, dataset } = this.#config;
    const useFault = expects === 'any' ? null : useFaultOf(valueAt(row, expectedColumn), expects);
    const fault = useFault ?? faultOf(text);
    if (fault === null) return;
    const place = rowPlace(row, dataset.name);
    throw new DatasetError(place, `${name} cannot use the column "${expectedColumn}" of row ${row.id}: ${fault}`, {
      hint: useFault === null ? LIST_HINT : OBJECT_HINT,
    });
  }

  /**
   * @param columns of the dataset @returns a warning for each scorer that lacks an expected value in some rows @throws
   * UsageError if a column is missing, or no row has an expected answer
   */
  finish(columns: readonly string[]): readonly string[] {
    this.#checkColumns(columns);
    return this.#needy.flatMap((lacking) => this.#describe(lacking));
  }

  #checkColumns(columns: readonly string[]): void {
    const { expectedColumn, clusterColumn, dataset } = this.#config;
    if (clusterColumn !== null && !columns.includes(clusterColumn)) {
      throw new UsageError(`--cluster names the column "${clusterColumn}", which ${dataset.name} lacks`, {
        hint: describeColumns(clusterColumn, columns),
      });
    }
    for (const { name, conditionColumn, asks } of this.#scorers) {
      const unknown = asks?.variables.find((variable) => !columns.includes(variable));
      if (unknown !== undefined) throw unknownVariable(name, unknown, columns);
      if (conditionColumn === null || columns.includes(conditionColumn)) continue;
      throw new UsageError(`score ${name}: "when" names the column "${conditionColumn}", which ${dataset.name} lacks`, {
        hint: describeColumns(conditionColumn, columns),
      });
    }
    const needy = this.#needy[0]?.scorer;
    if (needy === undefined || isPathInto(expectedColumn, columns)) return;
    throw new UsageError(`--score ${needy.name} needs the column "${expectedColumn}", which ${dataset.name} lacks`, {
      hint: `name the column with --expected; ${describeColumns(expectedColumn, columns, this.#paths.paths)}`,
    });
  }

  /** A path that is there for one that is not; a column may well be empty. */
  #suggestion(path: string): string {
    const { paths } = this.#paths;
    return paths.includes(path) ? '' : didYouMean(path, paths);
  }

  #describe({ scorer, rows, asked, lines }: Lacking): readonly string[] {
    if (rows === 0) return [];
    const { expectedColumn, dataset } = this.#config;
    if (rows === asked) {
      throw new UsageError(`--score ${scorer.name}: no row of ${dataset.name} has anything in "${expectedColumn}"`, {
        hint: `fill the column, or name another with --expected${this.#suggestion(expectedColumn)}`,
      });
    }
    const places = `${rows === 1 ? 'line' : 'lines'} ${lines.join(', ')}${rows > lines.length ? ', …' : ''}`;
    return [
      `${scorer.name} cannot score ${rows} of ${asked} rows, which have nothing in "${expectedColumn}": ${places}`,
    ];
  }
}

/** Why a value cannot be compared as a text or number, or with any of a list; null if it can. */
function useFaultOf(value: JsonValue | undefined, expects: 'one' | 'list'): string | null {
  if (isJsonObject(value)) return 'an object cannot be compared as text or number';
  if (!isJsonArray(value) || expects === 'list') return null;
  if (value.length === 0) return 'an empty list has no right answer';
  const isNested = value.some((member) => isJsonObject(member) || isJsonArray(member));
  return isNested ? 'a list that holds objects or lists is not a list of right answers' : null;
}

function unknownVariable(scorer: string, variable: string, columns: readonly string[]): UsageError {
  return new UsageError(`score ${scorer}: no column for the variable {{ ${variable} }}`, {
    hint: describeColumns(variable, [...new Set([...columns, 'input', 'expected', 'output'])]),
  });
}
