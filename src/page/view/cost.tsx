import type { JSX } from 'preact';
import type { ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { Scatter } from '../charts/scatter.tsx';
import { TemperatureChart, temperatureFamilies } from '../charts/temperature.tsx';
import { areTraded, dominatedOf, knownCost } from '../data/choice.ts';
import { namesText, type Page, usePage } from './page.ts';
import { Section } from './parts.tsx';

/** Score against cost, and against temperature where there are several. */
export function Cost({ scorer }: { readonly scorer: ScorerAnalysis }): JSX.Element | null {
  const page = usePage();
  const { words, head } = page;
  const families = temperatureFamilies(head.analysis.variants, scorer);
  const known = new Set(head.analysis.variants.flatMap((variant) => knownCost(variant)?.currency ?? []));
  const currencies = scorer.frontiers.map(({ currency }) => currency).filter((currency) => known.has(currency));
  if (head.variants.length < 2 || (currencies.length === 0 && families.length === 0)) return null;
  const unknown = scorer.leaderboard.filter(({ variant, mean }) => {
    const own = head.analysis.variants[variant];
    return mean !== null && own !== undefined && knownCost(own) === null;
  });
  const notes = currencies.length === 0 ? [] : [words.costNote, words.costNote2];
  return (
    <Section id="cost" topic={words.sections.cost} finding={findingOf(page, scorer)} notes={notes}>
      <div class={families.length > 0 ? 'two' : ''}>
        <div>
          {currencies.map((currency) => (
            <Scatter key={currency} scorer={scorer} currency={currency} />
          ))}
          {unknown.length > 0 && (
            <p class="note">
              {words.noCost(
                namesText(
                  page,
                  unknown.map(({ variant }) => variant),
                ),
              )}
            </p>
          )}
        </div>
        {families.length > 0 && (
          <div>
            <p class="caption">{words.byTemperature(scorer.scorer)}</p>
            <TemperatureChart families={families} />
            <p class="note">{temperatureText(page, scorer)}</p>
          </div>
        )}
      </div>
    </Section>
  );
}

function findingOf({ words, format, head }: Page, scorer: ScorerAnalysis): string {
  const dominated = dominatedOf(scorer).size;
  if (head.analysis.variants.every((variant) => knownCost(variant) === null)) return words.costsUnknown;
  if (dominated > 0) return words.dominatedN(format, dominated, head.variants.length);
  return areTraded(scorer, head.analysis.variants) ? words.traded : words.beside;
}

function temperatureText({ words, format, head }: Page, { bestTemperatures }: ScorerAnalysis): string {
  const shown = bestTemperatures.filter(({ isCertain }) => isCertain);
  if (shown.length === 0) return words.temperatureNone;
  const texts = shown.map(({ best }) => {
    const { model = '', label = model, temperature = null } = head.analysis.variants[best] ?? {};
    return words.temperatureBest(label, temperature === null ? words.ownTemperature : format.plain(temperature));
  });
  return texts.join(' ');
}
