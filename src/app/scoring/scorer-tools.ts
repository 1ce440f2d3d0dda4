import type { JsonValue } from '../../core/json.ts';
import type { Scorer } from '../../core/scorer.ts';
import { parseTemplate } from '../../prompts/template.ts';
import { closeScorers, createScorers, type ScorerTools } from '../../scorers/index.ts';
import type { ScoringConfig } from '../config/run-config.ts';

/** What scorers and assertions are made with, and which models are available. */
export interface JudgeTools extends ScorerTools {
  /** True if there is a default model for judges that name none. */
  readonly hasJudgeModel: boolean;
  /** True if there is one for embeddings. */
  readonly hasEmbeddingModel: boolean;
}

/** What a run's scorers are made with. */
export function scorerTools({ expectedColumn, judge }: ScoringConfig): JudgeTools {
  const labels = judge.against === null ? [] : [judge.against];
  // Of a path, the column that it leads into.
  const [column = ''] = expectedColumn.split(/[.[]/);
  return {
    template: rowTemplate,
    hiddenColumns: [expectedColumn, column, ...labels],
    hasJudgeModel: judge.model !== null,
    hasEmbeddingModel: judge.embeddingModel !== null,
  };
}

/** What the scorers of a run have besides their settings. */
interface ScorersLife extends Pick<ScorerTools, 'onWarning'> {
  /** Aborts when they must end at once: what they have not scored by then, they do not score. */
  readonly killing?: AbortSignal | undefined;
}

/**
 * Makes the scorers of a run, without those of row assertions, and closes them after the work.
 * @throws UsageError or PromptError
 */
export async function withScorers<Outcome>(
  config: ScoringConfig,
  { onWarning, killing }: ScorersLife,
  work: (scorers: readonly Scorer[]) => Promise<Outcome>,
): Promise<Outcome> {
  const scorers = await createScorers(config.scorers, { ...scorerTools(config), onWarning });
  const onKill = (): void => void closeScorers(scorers);
  killing?.addEventListener('abort', onKill, { once: true });
  try {
    return await work(scorers);
  } finally {
    killing?.removeEventListener('abort', onKill);
    await closeScorers(scorers);
  }
}

/** A prompt's template, with values in place of a row's columns. */
function rowTemplate(name: string, text: string): ReturnType<ScorerTools['template']> {
  const { variables, render } = parseTemplate(name, text);
  return { variables, render: (vars: Readonly<Record<string, JsonValue>>) => render({ ...NO_ROW, vars }) };
}

const NO_ROW = { id: '', hasOwnId: false, line: 0 } as const;
