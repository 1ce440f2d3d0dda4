import { groupFlips } from '../core/compare/flip-groups.ts';
import type { Comparison, Flip } from '../core/comparison.ts';
import { commandProperty, commandText, cutShort, oneLine } from '../core/plain-text.ts';
import { askedParts, flipTitle, headline } from './compare-words.ts';

/** GitHub shows ten annotations of a kind per step. */
const MOST = 10;
const SHOWN_ANSWER = 200;

/** How annotations are placed. */
interface AnnotationOptions {
  /** Path of the dataset from the root of the checkout; null omits the place of annotations. */
  readonly file: string | null;
  /** Which flips make the comparison fail. */
  readonly fails: (flip: Flip) => boolean;
}

/**
 * GitHub workflow commands: an error for each reason to fail and for each row that contributes to it, on the dataset's
 * line, and a warning for rows that got worse without a significant difference.
 */
export function renderAnnotations(comparison: Comparison, { file, fails }: AnnotationOptions): readonly string[] {
  const { gates, unsound } = comparison;
  const isSound = unsound.length === 0;
  const reasons = isSound ? gates.filter(({ passed }) => !passed).map(({ name, why }) => `${name}: ${why}`) : unsound;
  const steady = comparison.flips.filter(({ direction, isFlaky }) => direction === 'worse' && !isFlaky);
  const isFailed = (flip: Flip): boolean => isSound && (fails(flip) || flip.isCritical);
  return [
    ...reasons.slice(0, MOST).map((why) => command('error', [], `${headline(comparison)}: ${why}`)),
    ...flipCommands('error', steady.filter(isFailed), file).slice(0, MOST - Math.min(MOST, reasons.length)),
    ...flipCommands(
      'warning',
      steady.filter((flip) => !isFailed(flip)),
      file,
    ).slice(0, MOST),
  ];
}

function flipCommands(kind: 'error' | 'warning', flips: readonly Flip[], file: string | null): readonly string[] {
  return groupFlips(flips).map((group) => {
    const { line, baseOutput, candidateOutput } = group.first;
    const place =
      file === null ? [] : [['file', file] as const, ...(line === null ? [] : [['line', String(line)] as const])];
    const text = [
      flipTitle(group),
      ...askedParts(group.first).map(([name, part]) => `${name}: ${answer(part)}`),
      `base: ${answer(baseOutput)}`,
      `candidate: ${answer(candidateOutput)}`,
    ].join('\n');
    return command(kind, place, kind === 'error' ? text : `${text}\nnot significant`);
  });
}

function answer(output: string | null): string {
  return output === null ? '(not kept)' : cutShort(oneLine(output), SHOWN_ANSWER);
}

function command(kind: string, place: readonly (readonly [string, string])[], text: string): string {
  const properties = [...place, ['title', 'promptgrid compare'] as const].map(([k, v]) => `${k}=${commandProperty(v)}`);
  return `::${kind} ${properties.join(',')}::${commandText(text)}`;
}
