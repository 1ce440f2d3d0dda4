import { endingOf } from '../core/compare/ending.ts';
import { groupFlips } from '../core/compare/flip-groups.ts';
import type { Comparison, Flip } from '../core/comparison.ts';
import { commandProperty, commandText, cutShort, oneLine } from '../core/plain-text.ts';
import { askedParts, changeStanding, failureTexts, flipTitle, headline } from './compare-words.ts';

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
 * line, and warnings for a regression that no gate checks and for rows that got worse and fail nothing.
 */
export function renderAnnotations(comparison: Comparison, { file, fails }: AnnotationOptions): readonly string[] {
  const isSound = comparison.unsound.length === 0;
  const reasons = failureTexts(comparison);
  const warned = endingOf(comparison) === 'ungated' ? [command('warning', [], headline(comparison))] : [];
  const steady = comparison.flips.filter(({ direction, isFlaky }) => direction === 'worse' && !isFlaky);
  const isFailed = (flip: Flip): boolean => isSound && (fails(flip) || flip.isCritical);
  return [
    ...reasons.slice(0, MOST).map((why) => command('error', [], why)),
    ...flipCommands(steady.filter(isFailed), { file, kind: 'error' }).slice(0, MOST - Math.min(MOST, reasons.length)),
    ...warned,
    ...flipCommands(
      steady.filter((flip) => !isFailed(flip)),
      { file, kind: 'warning', standing: (flips) => changeStanding(comparison, flips) },
    ).slice(0, MOST - warned.length),
  ];
}

interface FlipCommands {
  readonly file: string | null;
  readonly kind: 'error' | 'warning';
  /** What stands below flips that fail nothing. */
  readonly standing?: (flips: readonly Flip[]) => string | null;
}

function flipCommands(flips: readonly Flip[], { file, kind, standing }: FlipCommands): readonly string[] {
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
    const below = standing?.(group.flips) ?? null;
    return command(kind, place, below === null ? text : `${text}\n${below}`);
  });
}

function answer(output: string | null): string {
  return output === null ? '(not kept)' : cutShort(oneLine(output), SHOWN_ANSWER);
}

function command(kind: string, place: readonly (readonly [string, string])[], text: string): string {
  const properties = [...place, ['title', 'promptgrid compare'] as const].map(([k, v]) => `${k}=${commandProperty(v)}`);
  return `::${kind} ${properties.join(',')}::${commandText(text)}`;
}
