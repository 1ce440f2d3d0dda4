import { decimalsApart, pointsOf } from '../../core/compare/words.ts';
import type { Measure } from '../../core/measure.ts';
import type { Figures } from '../../core/reason-figures.ts';
import { amountText, standingOf } from '../../core/reason-text.ts';
import type {
  CompareGateReason,
  CostReason,
  CriticalReason,
  CriticalRow,
  CriticalRows,
  ErroredReason,
  GateReason,
  IncreaseFault,
  IncreaseFigures,
  IncreaseReason,
  MeasureReason,
  PairLoss,
  RepeatsReason,
  ScoreReason,
  UnsoundReason,
  VariantCost,
} from '../../core/reasons.ts';
import type { ReasonWords } from './en-reasons.ts';
import { ANSWERS_BY, COMPARISONS, OF_ROWS, OF_TRIALS, POINTS, plural, ROWS, ROWS_BY, TRIALS } from './ru-nouns.ts';

type Losses = Extract<CompareGateReason, { readonly kind: 'losses' }>;
type NoLoss = Extract<CompareGateReason, { readonly kind: 'no loss' }>;

const SIDES = { base: 'база', candidate: 'кандидат' } as const;

const NO_ROW_COMPARED = 'ни одну строку не удалось сравнить';

function gateReason(f: Figures, reason: GateReason): string {
  switch (reason.kind) {
    case 'score':
      return scoreText(reason, f);
    case 'repeats':
      return repeatsText(reason, f);
    case 'errored':
      return erroredText(reason, f);
    case 'no results':
      return 'нет ни одного результата';
    case 'no row compared':
      return NO_ROW_COMPARED;
    case 'cost':
      return costText(reason, f);
    case 'not decided':
      return `не проверено: ${reason.because === 'unsound' ? 'сравнить нельзя' : NO_ROW_COMPARED}`;
    case 'losses':
      return lossesText(reason, f);
    case 'no loss':
      return noLossText(reason, f);
    case 'critical':
      return criticalText(reason, f);
    case 'increase':
      return increaseText(reason, f);
  }
}

function scoreText(reason: ScoreReason, f: Figures): string {
  const { variant, n, mean, minOn, figure, least } = reason;
  const { isReached, decimals } = standingOf(reason);
  const seen =
    mean === null ? 'ни один ответ не удалось оценить' : `${f.share(mean, decimals)} по ${counted(n, ANSWERS_BY, f)}`;
  const what = minOn === 'point' ? 'среднее' : 'нижняя граница 95\u202F% ДИ';
  const unknown = minOn === 'point' ? 'неизвестно' : 'неизвестна';
  const standing = `${isReached ? 'не ниже' : 'ниже'} ${f.limit(least, 0)}`;
  const end = figure === null ? ` ${unknown}` : ` — ${f.share(figure, decimals)}, ${standing}`;
  return `${f.name(variant)}: ${seen}; ${what}${end}`;
}

function repeatsText({ variant, rows, failed, worst }: RepeatsReason, f: Figures): string {
  const label = f.name(variant);
  if (rows === 0) return `${label}: ни одну строку не удалось оценить`;
  if (failed === 0 && rows === 1) return `${label}: единственная строка прошла достаточно часто`;
  if (failed === 0) return `${label}: каждая из ${counted(rows, OF_ROWS, f)} прошла достаточно часто`;
  const named = worst.map(({ rowId, passed, repeats }) => `${rowId} (${f.count(passed)} из ${f.count(repeats)})`);
  const verb = plural(failed, ['прошла', 'прошли', 'прошли']);
  const what = `${f.count(failed)} из ${counted(rows, OF_ROWS, f)} ${verb} слишком редко`;
  return `${label}: ${what}: ${someOf(named, failed, f)}`;
}

function erroredText({ errored, faults }: ErroredReason, f: Figures): string {
  if (faults.length > 0) {
    const texts = faults.map(({ side, variant, errored: own, trials }) => {
      const label = side === null ? f.name(variant) : sideText(side, variant, f);
      return `${label}: с ошибкой ${f.count(own)} из ${counted(trials, OF_TRIALS, f)}`;
    });
    return texts.join('; ');
  }
  return errored === 0 ? 'ни один запрос не завершился ошибкой' : `с ошибкой ${counted(errored, TRIALS, f)}`;
}

function costText({ most, faults, dearest }: CostReason, f: Figures): string {
  const text = ({ variant, cost }: VariantCost): string =>
    cost === null
      ? `${f.name(variant)}: цена ответов неизвестна`
      : `${f.name(variant)}: ${f.moneyBeside(cost, most)} за ${f.count(1000)} строк`;
  if (faults.length > 0) return faults.map(text).join('; ');
  return dearest === null ? 'вариантов нет' : `дороже всех ${text(dearest)}`;
}

const ALL_WELL: Readonly<Record<NoLoss['failOn'], string>> = {
  regression: 'значимых потерь нет',
  'any-drop': 'никаких потерь нет',
  inconclusive: 'потерь нет, и строк хватает, чтобы так сказать',
};

function noLossText({ failOn, compared, empty }: NoLoss, f: Figures): string {
  const rest = empty === 0 ? '' : `, ещё в ${f.count(empty)} сравнивать нечего`;
  return `${ALL_WELL[failOn]} (${counted(compared, COMPARISONS, f)}${rest})`;
}

function lossesText({ count, losses, hasClusters }: Losses, f: Figures): string {
  const texts = losses.map((loss) => `${f.name(loss.variants)} по ${loss.scorer}: ${lossText(loss, hasClusters, f)}`);
  return listText(texts, count, f);
}

function lossText(loss: PairLoss, hasClusters: boolean, f: Figures): string {
  if (loss.kind === 'too few') {
    return `${hasClusters ? 'кластеров' : 'строк'} слишком мало, чтобы судить (${counted(loss.rows, ROWS, f)})`;
  }
  const { delta, isSignificant, pValue } = loss;
  const lost =
    delta === null ? 'сравнивать нечего' : `потеря в ${f.points(delta)} ${plural(Number(pointsOf(delta)), POINTS)}`;
  const chance = pValue === null ? '' : ` (${f.pValue(pValue)})`;
  return `${lost}, ${isSignificant ? `значимо${chance}` : 'незначимо'}`;
}

function criticalText({ trials, failed, unanswered, missing }: CriticalReason, f: Figures): string {
  const texts = [
    criticalList('не прошло критичных запросов', failed, { of: trials, f }),
    criticalList('осталось без ответа критичных запросов', unanswered, { of: trials, f }),
    criticalList('у кандидата нет критичных строк', missing, { of: null, f }),
  ].filter((text) => text !== '');
  if (texts.length > 0) return texts.join('; ');
  return trials === 1 ? 'единственный критичный запрос прошёл' : `прошли все критичные запросы (${f.count(trials)})`;
}

/** @param of what the count is out of; null for nothing */
function criticalList(
  what: string,
  { count, rows }: CriticalRows,
  { of, f }: { readonly of: number | null; readonly f: Figures },
): string {
  if (count === 0) return '';
  const named = rows.map((row) => criticalRowText(row, f));
  return `${what}: ${f.count(count)}${of === null ? '' : ` из ${f.count(of)}`} — ${someOf(named, count, f)}`;
}

function criticalRowText({ rowId, variant, isUnpaired }: CriticalRow, f: Figures): string {
  if (variant === null) return rowId;
  return `${rowId} (${f.name(variant)}${isUnpaired ? ', есть только у кандидата' : ''})`;
}

const UNKNOWN = { cost: 'цена неизвестна', latency: 'время неизвестно' } as const;

function increaseText({ measure, most, level, count, faults, largest, because }: IncreaseReason, f: Figures): string {
  const basis =
    level === null
      ? 'сам счёт за эти строки: без теста и без поправки'
      : `по нижней границе интервалов ${f.bare(level)}\u202F%, у них своя поправка`;
  const texts = faults.map((fault) => `${f.name(fault.variants)}: ${increaseFaultText(fault, { measure, most }, f)}`);
  const nothing = because === null ? 'сравнивать нечего' : measureText(because, f);
  const fine = largest === null ? nothing : `не больше ${changeOf(largest, 1, f)}`;
  return `${count > 0 ? listText(texts, count, f) : fine} (${basis})`;
}

function increaseFaultText(
  fault: IncreaseFault,
  { measure, most }: Pick<IncreaseReason, 'measure' | 'most'>,
  f: Figures,
): string {
  switch (fault.kind) {
    case 'above':
      return changeOf(fault, decimalsApart(fault.figure - 1, most), f);
    case 'partly unknown':
      return `${UNKNOWN[measure]} у ${f.count(fault.unknown)} из ${counted(fault.rows, OF_ROWS, f)}`;
    case 'one row':
      return `${UNKNOWN.latency}: по одной строке не судят`;
    case 'unknown': {
      const { because } = fault;
      if (because === null) return `${UNKNOWN[measure]}: строк нет`;
      const isKnown = because.kind === 'base nothing' || because.kind === 'both nothing';
      return isKnown ? measureText(because, f) : `${UNKNOWN[measure]}: ${measureText(because, f)}`;
    }
  }
}

function changeOf({ ratio, interval, rows }: IncreaseFigures, decimals: number, f: Figures): string {
  const text = (change: number): string => f.change(change, decimals);
  const ends = interval === null ? '' : ` (от ${text(interval.low)} до ${text(interval.high)})`;
  return `${text(ratio)}${ends} по ${counted(rows, ROWS_BY, f)}`;
}

const BOTH_NOTHING: Readonly<Record<Measure, string>> = {
  cost: 'обе стороны ничего не стоили',
  tokens: 'обе стороны обошлись без токенов',
  latency: 'обе стороны не заняли времени',
};

const BASE_NOTHING: Readonly<Record<Measure, string>> = {
  cost: 'база ничего не стоила, строка кандидата стоит',
  tokens: 'база обошлась без токенов, у кандидата их на строку',
  latency: 'база не заняла времени, строка кандидата занимает',
};

const CACHED = 'ответы из кэша не считаются';

const LACKING = {
  base: 'у базы нет данных',
  candidate: 'у кандидата нет данных',
  both: 'нет строк, где данные есть у обеих сторон',
} as const;

function measureText(reason: MeasureReason, f: Figures): string {
  switch (reason.kind) {
    case 'both nothing':
      return BOTH_NOTHING[reason.measure];
    case 'base nothing':
      return `${BASE_NOTHING[reason.measure]} ${amountText(reason, f)}`;
    case 'no row compared':
      return NO_ROW_COMPARED;
    case 'two currencies': {
      const [base, candidate] = [reason.base, reason.candidate].map((codes) => codes.join(' и '));
      return `база оплачена в ${base}, кандидат — в ${candidate}: суммы в разных валютах не сравниваются`;
    }
    case 'currency unknown':
      return 'валюта неизвестна';
    case 'cached':
      return CACHED;
    case 'lacking':
      return `${LACKING[reason.side]}${reason.isPartlyCached ? `; ${CACHED}` : ''}`;
  }
}

function unsoundReason(f: Figures, reason: UnsoundReason): string {
  switch (reason.kind) {
    case 'only failed': {
      const { side, path, run, rows } = reason;
      const what = `здесь только неверные строки прогона ${run} (${counted(rows, ROWS, f)})`;
      return `${SIDES[side]}, ${path}: ${what}; отобранные за ошибки строки улучшаются и случайно, поэтому вывода нет`;
    }
    case 'other rows':
      return 'общих строк нет: прогоны сделаны на разных строках';
    case 'nothing to pair by':
      return 'общих строк нет: без столбца id строки сопоставляются по столбцам, которые есть у обеих сторон, а таких нет, или у эталона они другие';
    case 'no scorer in common':
      return 'общих оценок нет: оцените оба прогона одинаково командой promptgrid score';
    case 'errored': {
      const { side, variant, errored, trials, errors, most } = reason;
      const kinds = errors.map(({ code, count }) => `${f.count(count)} ${code}`).join(', ');
      const what = `с ошибкой ${f.count(errored)} из ${counted(trials, OF_TRIALS, f)} (${kinds})`;
      return `${sideText(side, variant, f)}: ${what}, больше ${f.limit(most, 1)}`;
    }
    case 'all skipped':
      return `${sideText(reason.side, reason.variant, f)}: результатов нет, все запросы пропущены`;
    case 'scored on one side': {
      const { variant, scorer, rows, onlyCandidate, onlyBase } = reason;
      const lost = `${f.count(onlyCandidate + onlyBase)} из ${counted(rows, OF_ROWS, f)} удалось оценить только на одной стороне`;
      const sides = `только у кандидата: ${f.count(onlyCandidate)}, только у базы: ${f.count(onlyBase)}`;
      return `${f.name(variant)} по ${scorer}: ${lost} (${sides})`;
    }
    case 'critical unanswered':
      return `критичных запросов кандидата без ответа: ${f.count(reason.count)}`;
  }
}

function sideText(side: keyof typeof SIDES, variant: string, f: Figures): string {
  return `${SIDES[side]}, ${f.name(variant)}`;
}

function counted(count: number, forms: Parameters<typeof plural>[1], f: Figures): string {
  return `${f.count(count)} ${plural(count, forms)}`;
}

/** The first of several, and how many more there are. */
function someOf(named: readonly string[], count: number, f: Figures): string {
  return `${named.join(', ')}${count > named.length ? ` и ещё ${f.count(count - named.length)}` : ''}`;
}

/** The same for longer texts. */
function listText(texts: readonly string[], count: number, f: Figures): string {
  return [...texts, ...(count > texts.length ? [`и ещё ${f.count(count - texts.length)}`] : [])].join('; ');
}

/** Reasons in Russian. */
export const reasonWords: ReasonWords = { gateReason, unsoundReason };
