import { clusterNotes } from '../../core/analysis/notes.ts';
import { countText } from '../../core/compare/words.ts';
import type { ComparedClusters } from '../../core/comparison.ts';
import { variantLabel } from '../../core/variant-name.ts';
import type { Source } from '../../store/source.ts';
import type { SourceFacts } from '../../store/source-facts.ts';
import { sourceThresholds } from './pass-marks.ts';
import type { Side } from './side.ts';
import type { VariantPairs } from './variant-pairs.ts';

/** Notes on how the two sides were made, one per line. */
export function differences(base: Side, candidate: Side, changedRows: number): readonly string[] {
  const [before, after] = [base.source.facts, candidate.source.facts];
  return [
    ...datasetNotes(before, after, changedRows),
    ...promptNotes(before, after),
    ...(isOther(before.params, after.params)
      ? [`other request parameters: base ${before.params}, candidate ${after.params}`]
      : []),
    ...(isOther(before.repeat, after.repeat)
      ? [`base ran each row ${before.repeat} times, candidate ${after.repeat} times`]
      : []),
    ...simulationNotes(before, after),
    ...scorerNotes(base.source.scorers, candidate.source.scorers),
    ...thresholdNotes(base.source, candidate.source),
  ];
}

function isOther<T>(before: T | null, after: T | null): boolean {
  return before !== null && after !== null && before !== after;
}

function datasetNotes(before: SourceFacts, after: SourceFacts, changedRows: number): readonly string[] {
  const changed = changedRows === 0 ? '' : `; ${changedRows} of the rows with the same id ask something else now`;
  if (isOther(before.datasetSha256, after.datasetSha256)) {
    return [`the dataset is not the same file as the base's (${before.dataset} and ${after.dataset})${changed}`];
  }
  return changedRows === 0 ? [] : [`${changedRows} of the rows with the same id ask something else than in the base`];
}

function promptNotes({ prompts: before }: SourceFacts, { prompts: after }: SourceFacts): readonly string[] {
  if (before === null || after === null) return [];
  return [...after].flatMap(([name, digest]) =>
    isOther(before.get(name) ?? null, digest) ? [`the prompt "${name}" was changed since the base`] : [],
  );
}

function simulationNotes(before: SourceFacts, after: SourceFacts): readonly string[] {
  const simulated = [before.simulated === true ? 'base' : '', after.simulated === true ? 'candidate' : ''];
  const named = simulated.filter((name) => name !== '');
  return named.length === 0 ? [] : [`simulated answers (${named.join(' and ')}): the figures say nothing about models`];
}

function scorerNotes(before: readonly string[], after: readonly string[]): readonly string[] {
  const lost = before.filter((name) => !after.includes(name));
  const gained = after.filter((name) => !before.includes(name));
  return [
    ...(lost.length === 0 ? [] : [`scored in the base only, and not compared: ${lost.join(', ')}`]),
    ...(gained.length === 0 ? [] : [`scored in the candidate only, and not compared: ${gained.join(', ')}`]),
  ];
}

/** Other thresholds make other flips of the same scores. */
function thresholdNotes(base: Source, candidate: Source): readonly string[] {
  const [before, after] = [sourceThresholds(base), sourceThresholds(candidate)];
  if (before === null || after === null) return [];
  return [...after].flatMap(([name, now]) => {
    const then = before.get(name);
    return then === undefined || then === now
      ? []
      : [`${name}: an answer passed from ${then} on in the base, from ${now} on in the candidate`];
  });
}

/** Which rows belong together, and notes on them. */
export function clusterDifferences(compared: ComparedClusters): readonly string[] {
  const { column, namedBy, clusters, changed } = compared;
  const count = countText(clusters, 'cluster');
  return [
    `rows with the same ${column} count as one piece of evidence: ${count}, by ${namedBy}`,
    ...clusterNotes(compared).map(({ text }) => text),
    ...(changed === 0 ? [] : [`${countText(changed, 'row')} with another ${column} than in the base`]),
  ];
}

/** Variants without a counterpart, one line per side. */
export function unpairedNotes({ onlyBase, onlyCandidate }: VariantPairs): readonly string[] {
  const sides = [
    ['base', onlyBase],
    ['candidate', onlyCandidate],
  ] as const;
  return sides.flatMap(([side, names]) =>
    names.length === 0 ? [] : [`in the ${side} only, and not compared: ${names.map(variantLabel).join(', ')}`],
  );
}

/** Trials that a run skipped on purpose, one line per variant: only the rows before are compared. */
export function skippedNotes({ pairs }: VariantPairs): readonly string[] {
  return pairs.flatMap(({ base, candidate }) =>
    (
      [
        ['base', base],
        ['candidate', candidate],
      ] as const
    ).flatMap(([side, { skipped, trials, name }]) =>
      skipped === 0
        ? []
        : [`${side} ${variantLabel(name)}: ${skipped} of ${trials} trials were skipped by decision of its run`],
    ),
  );
}
