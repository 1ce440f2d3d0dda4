import type { CaseSuite, RowCase } from '../core/compare/row-case.ts';
import type { Comparison, Flip } from '../core/comparison.ts';
import { xmlText } from '../core/plain-text.ts';
import { pairLabel, variantLabel } from '../core/variant-name.ts';
import { askedParts, changeStanding, expectedText, flipDiff, headline } from './compare-words.ts';
import { type CaseKind, caseXml, elementXml, junitFrame, SUITE_END, suiteOpening } from './junit-xml.ts';

/**
 * A comparison as JUnit XML: a suite for the gates and one for each pair of variants, one case per row. A variant
 * without a counterpart has a suite of its critical rows. It has a
 * failure or an error exactly if the exit status is not 0. A row that flipped and fails nothing is described in its
 * case's output, with whether it is part of a significant difference. Rows that were not compared are skipped.
 */
export function renderJunit(comparison: Comparison, suites: readonly CaseSuite[]): string {
  const flips = flipsByCase(comparison.flips);
  const parts = [gateSuite(comparison), ...suites.map((suite) => rowSuite(suite, comparison, flips))];
  return junitFrame('promptgrid compare').join(parts.join(''));
}

interface CaseText {
  readonly xml: string;
  readonly kind: CaseKind;
}

function suiteXml(name: string, cases: readonly CaseText[]): string {
  const counts = { passed: 0, failed: 0, errored: 0, skipped: 0 };
  for (const { kind } of cases) counts[kind] += 1;
  return `${suiteOpening(name, counts)}${cases.map(({ xml }) => xml).join('')}${SUITE_END}`;
}

function gateSuite(comparison: Comparison): string {
  const suite = 'promptgrid gates';
  const { gates, unsound } = comparison;
  const isSound = unsound.length === 0;
  const cases = gates.map(({ name, passed, why }): CaseText => {
    const output = `<system-out>${xmlText(why)}</system-out>`;
    if (!isSound)
      return {
        xml: caseXml({ suite, name }, elementXml('skipped', 'the comparison cannot stand', why)),
        kind: 'skipped',
      };
    const inner = passed ? output : elementXml('failure', why, headline(comparison));
    return { xml: caseXml({ suite, name }, inner), kind: passed ? 'passed' : 'failed' };
  });
  const reasons = unsound.map((why): CaseText => {
    return { xml: caseXml({ suite, name: 'sound comparison' }, elementXml('error', why, why)), kind: 'errored' };
  });
  return suiteXml(suite, [...reasons, ...cases]);
}

type FlipsByCase = ReadonlyMap<string, Flip>;

function flipsByCase(flips: readonly Flip[]): FlipsByCase {
  return new Map(flips.toReversed().map((flip) => [caseKey(flip.rowId, pairLabel(flip.base, flip.candidate)), flip]));
}

function caseKey(rowId: string, pair: string): string {
  return `${pair}\u0000${rowId}`;
}

function rowSuite({ base, candidate, cases }: CaseSuite, comparison: Comparison, flips: FlipsByCase): string {
  const suite = base === null ? `${variantLabel(candidate)} (in the candidate only)` : pairLabel(base, candidate);
  const standing: Standing = (direction, scores) => {
    const isLoss = direction === 'worse';
    const moved = scores.filter((score) => (isLoss ? score.candidate < score.base : score.candidate > score.base));
    const changes = base === null ? [] : moved.map(({ scorer }) => ({ base, candidate, scorer, direction }));
    return changeStanding(comparison, changes);
  };
  const texts: CaseText[] = [];
  for (const row of cases) {
    texts.push(rowCase(row, { suite, standing, flip: flips.get(caseKey(row.rowId, suite)) }));
  }
  return suiteXml(suite, texts);
}

/** What the changed scores of a row that fails nothing say. */
type Standing = (direction: 'worse' | 'better', scores: RowCase['scores']) => string | null;

const SKIPPED: Partial<Readonly<Record<RowCase['outcome'], string>>> = {
  new: 'not in the base',
  missing: 'not in the candidate',
  'no answer': 'a trial of it errored; there is nothing to compare',
  'not judged': 'no scorer could score it on both sides',
};

interface CaseContext {
  readonly suite: string;
  readonly standing: Standing;
  readonly flip: Flip | undefined;
}

function rowCase({ rowId, outcome, scores, failure }: RowCase, { suite, standing, flip }: CaseContext): CaseText {
  const names = { suite, name: rowId };
  if (failure !== null) {
    const told = flip === undefined ? null : expectedText(flip);
    const message = told === null ? failure : `${failure}; ${told}`;
    return { xml: caseXml(names, elementXml('failure', message, flipText(flip))), kind: 'failed' };
  }
  const skipped = SKIPPED[outcome];
  if (skipped !== undefined)
    return { xml: caseXml(names, `<skipped message="${xmlText(skipped)}"/>`), kind: 'skipped' };
  if (outcome !== 'worse' && outcome !== 'better') return { xml: caseXml(names, ''), kind: 'passed' };
  const changes = scores.map(({ scorer, base, candidate }) => `${scorer} ${base} → ${candidate}`).join(', ');
  const stands = [outcome, standing(outcome, scores)].filter((part) => part !== null).join(', ');
  const text = `${stands}: ${changes}\n${flipText(flip)}`;
  return { xml: caseXml(names, `<system-out>${xmlText(text)}</system-out>`), kind: 'passed' };
}

function flipText(flip: Flip | undefined): string {
  if (flip === undefined) return '';
  const diff = flipDiff(flip)?.map(({ kind, text }) => {
    if (kind === 'same') return text;
    return kind === 'removed' ? `[-${text}-]` : `{+${text}+}`;
  });
  const changed = diff === undefined ? '' : `\nchanged: ${diff.join('')}`;
  const asked = askedParts(flip).map(([name, text]) => `${name}: ${text}\n`);
  return `${asked.join('')}base: ${flip.baseOutput ?? '(not kept)'}\ncandidate: ${flip.candidateOutput ?? '(not kept)'}${changed}`;
}
