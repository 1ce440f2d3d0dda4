import { type JsonObject, type JsonValue, listOf, numberOf, objectOf, parseJson, textOf } from '../../core/json.ts';
import type { Summary } from '../../core/summary.ts';
import type { SummaryTable } from '../../store/formats/index.ts';

const COUNTS = ['n', 'completed', 'errored', 'skipped', 'cached'] as const;
const LATENCIES = ['p50', 'p95'] as const;

/** The figures of a run, a line for each variant. */
export function summaryTableOf(summary: Summary): SummaryTable {
  return summaryTable(objectOf(parseJson(JSON.stringify(summary))));
}

/** The same from the content of a summary.json. */
export function summaryTable(summary: JsonObject): SummaryTable {
  const variants = listOf(summary['variants']).map(objectOf);
  const scorers = [...new Set(variants.flatMap((variant) => scoresOf(variant).map(({ name }) => textOf(name) ?? '')))];
  return {
    columns: [
      'prompt',
      'provider',
      'model',
      'temperature',
      'trials',
      ...COUNTS.slice(1),
      'prompt_tokens',
      'completion_tokens',
      'total_cost',
      'currency',
      'unknown_costs',
      ...LATENCIES.map((name) => `latency_ms ${name}`),
      ...scorers.flatMap((name) => [`score.${name}`, `${name} from`, `${name} to`, `${name} scored`, `${name} passed`]),
      'label',
    ],
    rows: variants.map((variant) => [
      ...figures(variant),
      ...scorers.flatMap((name) => scoreFigures(variant, name)),
      textOf(variant['label']),
    ]),
  };
}

function figures(variant: JsonObject): readonly JsonValue[] {
  const { prompt, provider, model, temperature } = variant;
  const tokens = objectOf(variant['tokens']);
  const latency = objectOf(variant['latencyMs']);
  const [cost = {}] = listOf(variant['costs']).map(objectOf);
  return [
    ...[prompt, provider, model].map(textOf),
    numberOf(temperature),
    ...COUNTS.map((name) => numberOf(variant[name])),
    numberOf(tokens['prompt']),
    numberOf(tokens['completion']),
    textOf(cost['total']),
    textOf(cost['currency']),
    numberOf(variant['unknownCosts']),
    ...LATENCIES.map((name) => numberOf(latency[name])),
  ];
}

function scoresOf(variant: JsonObject): readonly JsonObject[] {
  return listOf(variant['scores']).map(objectOf);
}

/** The mean, the bounds of its 95 % interval, and counts. */
function scoreFigures(variant: JsonObject, name: string): readonly JsonValue[] {
  const score = scoresOf(variant).find((each) => each['name'] === name) ?? {};
  const { low, high } = objectOf(score['interval']);
  return [score['mean'], low, high, score['n'], score['passed']].map(numberOf);
}
