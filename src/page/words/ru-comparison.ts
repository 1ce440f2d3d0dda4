import type { ComparisonWords } from './en-comparison.ts';
import { CHANGES, COMPARISONS_IN, FLAKY, OF_CHANGES, POINTS, plural, ROWS_IN } from './ru-nouns.ts';

/** Texts of a comparison in Russian. */
export const comparisonWords: ComparisonWords = {
  verdicts: {
    regressed: 'Значимо хуже',
    improved: 'Значимо лучше',
    unchanged: 'Без изменений',
    inconclusive: 'Данных мало',
    unsound: 'Сравнить нельзя',
  },
  gatesFailed: (names) => `${names.length === 1 ? 'Порог не пройден' : 'Пороги не пройдены'}: ${names.join(', ')}`,
  scoresVerdict: (verdict) => `По оценкам: ${verdict.toLowerCase()}.`,
  ungated: 'Этого не проверяет ни один порог.',
  inCommon: (f, n) => `общих строк: ${f.count(n)}`,
  theCandidate: 'Кандидат',
  lossLead: (subject, points) => `${subject} теряет ${points} пункта по`,
  gainLead: (subject, points) => `${subject} выигрывает ${points} пункта по`,
  evenLead: (subject) => `${subject} не теряет и не выигрывает по`,
  noVerdict: 'Вывода нет',
  sameAnswers: 'Без изменений: ответы те же',
  allAnswersSame: 'Все ответы на обеих сторонах совпадают дословно.',
  inComparisons: (f, n, all) => `в ${f.count(n)} ${plural(n, COMPARISONS_IN)} из ${f.count(all)}`,
  inMore: (n) => `в ${n}`,
  flippedN: (f, { worse, better, flaky }, rows) =>
    rows === null
      ? `Стало хуже: ${f.count(worse)}, лучше: ${f.count(better)}${flaky === 0 ? '' : `, нестабильных: ${f.count(flaky)}`}`
      : `Изменения в ${f.count(rows)} ${plural(rows, ROWS_IN)}: ${f.count(worse)} к худшему, ${f.count(better)} к лучшему` +
        (flaky === 0 ? '' : `, ${f.count(flaky)} ${plural(flaky, FLAKY)}`),
  base: 'База',
  candidate: 'Кандидат',
  pairsOf: (f, n, all) =>
    all === 1
      ? `Единственное сравнение: ${n === 0 ? 'не значимо хуже' : 'значимо хуже'}`
      : `Значимо хуже: ${f.count(n)} из ${f.count(all)} ${plural(all, ['сравнения', 'сравнений', 'сравнений'])}`,
  marginNote: (f, points) =>
    points === 0
      ? 'Линия на нуле — разницы нет.'
      : `Линия на нуле — разницы нет. Серым — потеря до границы в ${f.plain(points)} ${plural(points, POINTS)}. «Без изменений» значит, что такая потеря и большая исключены. Значимая потеря любого размера — ухудшение.`,
  measures: 'Цена, токены, время',
  measureNames: { cost: 'Цена строки', tokens: 'Токены строки', latency: 'Время строки' },
  measureVerdicts: { higher: 'выше', lower: 'ниже', 'no difference shown': 'незначимо', 'not known': 'неизвестно' },
  ofRowsN: (f, n, all) => `по ${f.count(n)} из ${f.count(all)} ${plural(all, ['строки', 'строк', 'строк'])}`,
  noMeasure: 'Значимых различий нет',
  change: 'Изменение',
  measureNote: 'Кандидат к базе на тех же строках, с доверительным интервалом 95\u202F%.',
  flips: 'Изменившиеся строки',
  flipsNote: 'Худшие первыми. Зачёркнуто — только в базе. Подчёркнуто — только у кандидата.',
  showFlips: (f, n, isAll) => `Показать ${isAll ? 'все' : 'первые'} ${f.count(n)} ${plural(n, CHANGES)}`,
  flipsOfVariants: 'Строка показана для каждого варианта, в котором изменилась.',
  flippedRows: (f, n) => `Все изменившиеся строки (${f.count(n)}) со всеми ответами`,
  flipsShown: (f, shown, all) => `Первые ${f.count(shown)} из ${f.count(all)} ${plural(all, OF_CHANGES)}.`,
  critical: 'критично',
  flaky: 'нестабильно',
  noAnswer: 'ответ не сохранён',
  gatesFail: 'Пороги',
};
