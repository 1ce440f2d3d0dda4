import { groupFlips } from '../core/compare/flip-groups.ts';
import type { Comparison, Flip } from '../core/comparison.ts';
import { cutShort, plainJson, sarifText, uriPath } from '../core/plain-text.ts';
import { askedParts, flipTitle, headline } from './compare-words.ts';

/** What a SARIF log says about its tool and its places. */
interface SarifOptions {
  /** promptgrid's own version. */
  readonly version: string;
  /** Path of the dataset from the root of the checkout; null omits the place of results. */
  readonly file: string | null;
  /** Which flips make the comparison fail. */
  readonly fails: (flip: Flip) => boolean;
}

const RULES = [
  { id: 'gate', shortDescription: { text: 'A gate of promptgrid compare failed' } },
  { id: 'unsound', shortDescription: { text: 'The comparison cannot stand' } },
  { id: 'row-got-worse', shortDescription: { text: 'A row of the dataset got worse' } },
] as const;

const SHOWN_ANSWER = 500;

/** A comparison as SARIF 2.1.0 (OASIS, 2020), for code scanning: a result for each reason and each row that got worse. */
export function renderSarif(comparison: Comparison, { version, file, fails }: SarifOptions): string {
  const { gates, unsound } = comparison;
  const place = placeOf(file, null);
  const reasons = unsound.map((why) => ({
    ruleId: 'unsound',
    level: 'error',
    message: { text: sarifText(why) },
    ...place,
  }));
  const failed = gates
    .filter(({ passed }) => !passed && unsound.length === 0)
    .map(({ name, why }) => ({
      ruleId: 'gate',
      level: 'error',
      message: { text: sarifText(`${name}: ${why}`) },
      ...place,
    }));
  const worse = comparison.flips.filter(({ direction, isFlaky }) => direction === 'worse' && !isFlaky);
  const rows = groupFlips(worse).map((group) => {
    const { baseOutput, candidateOutput, line, isCritical } = group.first;
    const isFailure = unsound.length === 0 && (isCritical || group.flips.some(fails));
    const asked = askedParts(group.first).map(([name, part]) => `${name}: ${answer(part)}\n`);
    const answers = `base: ${answer(baseOutput)}\ncandidate: ${answer(candidateOutput)}`;
    const text = sarifText(`${flipTitle(group)}\n${asked.join('')}${answers}`);
    return { ruleId: 'row-got-worse', level: isFailure ? 'error' : 'note', message: { text }, ...placeOf(file, line) };
  });
  const driver = { name: 'promptgrid', version, rules: RULES };
  const run = {
    tool: { driver },
    results: [...reasons, ...failed, ...rows],
    properties: { verdict: sarifText(headline(comparison)) },
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${plainJson(log)}\n`;
}

function answer(output: string | null): string {
  return output === null ? '(not kept)' : cutShort(output, SHOWN_ANSWER);
}

function placeOf(file: string | null, line: number | null): object {
  if (file === null) return {};
  const region = line === null ? {} : { region: { startLine: line } };
  return { locations: [{ physicalLocation: { artifactLocation: { uri: uriPath(file) }, ...region } }] };
}
