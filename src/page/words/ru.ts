import type { AnalysisNote, NoteKind } from '../../core/analysis/note.ts';
import type { Words } from './en.ts';
import { type Format, isWholeFactor } from './format.ts';
import { comparisonWords } from './ru-comparison.ts';
import { ERROR_KINDS } from './ru-errors.ts';
import {
  CALLS,
  OF_ANSWERS,
  OF_CALLS,
  OF_POINTS,
  OF_ROWS,
  OF_SIGNS,
  OF_TRIALS,
  POINTS,
  plural,
  ROWS,
  ROWS_BY,
  VARIANTS,
  VARIANTS_OF,
} from './ru-nouns.ts';
import { reasonWords } from './ru-reasons.ts';

const OWN_TEMPERATURE = 'по умолчанию';

const NOTES: Readonly<Record<NoteKind, (f: Format, name: string, counts: readonly [number, number]) => string>> = {
  'no results': () => 'результатов нет',
  'no scores': () => 'ответы никто не оценивал: сравнивать нечего',
  'one variant': () => 'вариант один: сравнить его не с чем',
  'no answers': () => 'ни один запрос не получил ответа',
  'variant without answers': (_f, name) => `${name} не дал ни одного ответа`,
  'variant stopped': (_f, name) =>
    `${name} прошёл не все строки: его оценка и её p-значения выглядят чуть надёжнее, чем есть`,
  'answers cut off': (f, name, [count, of]) =>
    `${name}: ${f.count(count)} из ${f.count(of)} ${plural(of, OF_ANSWERS)} обрезано по лимиту токенов; увеличьте --max-tokens`,
  'several currencies': (_f, name) => `${name} оплачен в разных валютах, они не складываются`,
  'cost unknown': (_f, name) => `цена ${name} неизвестна`,
  'cost partly unknown': (f, name, [count, of]) =>
    `${name}: цена ${f.count(count)} из ${f.count(of)} ${plural(of, OF_ANSWERS)} неизвестна и в сумму не входит`,
  'rows without a cluster': (f, name, [count]) =>
    `у ${f.count(count)} ${plural(count, ['строки', 'строк', 'строк'])} нет значения ${name}: каждая сама по себе`,
  'one cluster': (_f, name) => `у всех строк одно значение ${name}: о других сказать ничего нельзя`,
  'few clusters': (f, name, [count]) =>
    `у ${name} всего ${f.count(count)} ${plural(count, ['значение', 'значения', 'значений'])}: так почти никакую разницу не показать`,
  'no scored answer': () => 'ни один ответ не удалось оценить',
  'equal scores': () => 'на каждой строке оценки всех вариантов одинаковы',
  'equal scores on common rows': (f, _name, [count]) =>
    count === 0
      ? 'на строках, где ответили оба, оценки любых двух вариантов одинаковы'
      : `на ${f.count(count)} ${plural(count, ['строке', 'строках', 'строках'])}, где ответили оба варианта, их оценки одинаковы`,
  'one row': () => 'одна строка ничего не говорит о других',
  'variant without scores': () => 'вариант без оценённых ответов не участвует в сравнениях',
};

function noteText(f: Format, { kind, name = '', count = 0, of = 0 }: AnalysisNote): string {
  return NOTES[kind](f, name, [count, of]);
}

/** Every text of the page in Russian. */
export const ru: Words = {
  simulated: 'Ответы ненастоящие.',
  simulatedWhy: 'Их даёт встроенный шлюз: о названных моделях эти цифры ничего не говорят.',
  partial: (state) => `Прогон не завершён (${state}): часть ответов ещё не получена.`,
  partialStates: {
    running: 'ещё идёт',
    completed: 'не все запросы',
    partial: 'только часть',
    interrupted: 'прерван',
    stopped: 'остановлен',
    failed: 'сбой',
    killed: 'процесс оборвался',
  },
  skip: 'К строкам',
  sections: {
    pairs0: 'Сравнение',
    score: 'Оценка',
    cost: 'Оценка и цена',
    pairs: 'Попарно',
    time: 'Время и длина',
    bill: 'Смета и счёт',
    errors: 'Ошибки',
    rows: 'Строки',
  },
  scoreLabel: 'Оценка',
  language: 'Язык',
  theme: 'Тема',
  themes: { auto: 'Авто', light: 'Светлая', dark: 'Тёмная' },
  keys: 'Клавиши',
  close: 'Закрыть',
  size: (f, rows, variants) =>
    `${f.count(rows)} ${plural(rows, ROWS)} × ${f.count(variants)} ${plural(variants, VARIANTS)}`,
  rowsN: (f, n) => `${f.count(n)} ${plural(n, ROWS)}`,
  at: (temperature) => (temperature === OWN_TEMPERATURE ? temperature : `при ${temperature}`),
  ownTemperature: OWN_TEMPERATURE,
  cheapestGood: 'Самый дешёвый из достаточно хороших',
  pickGood: 'Дешёвый и достаточно хороший',
  cheapestGoodKnown: 'Самый дешёвый из достаточно хороших с известной ценой',
  noneGoodKnown: 'Достаточно хороших с известной ценой нет',
  onlyGood: 'Единственный достаточно хороший',
  noneGood: 'Достаточно хороших нет',
  highest: 'Самая высокая оценка',
  oneVariant: 'Один вариант',
  noScores: 'Без оценок',
  asFar: (f, n, isOfClusters) =>
    `насколько видно по ${f.count(n)} ${plural(n, isOfClusters ? ['кластеру', 'кластерам', 'кластерам'] : ROWS_BY)}`,
  forCertain: 'наверняка',
  scores: 'Оценка',
  below: (points) => `, на ${points} пункта ниже, чем у`,
  above: (points) => `, на ${points} пункта выше, чем у`,
  same: ', такая же, как у',
  bestOfAll: '. Выше оценки нет ни у кого.',
  aheadOnCommon: (names) => `. На строках, где ответили оба, оценка выше у ${names}.`,
  otherRows: 'Выбора нет: на строках, где ответили оба, другой вариант значимо лучше.',
  ci: (low, high) => `95\u202F% ДИ от ${low} до ${high}`,
  significant: 'значимо',
  notSignificant: 'незначимо',
  corrected: (p) => `с поправкой ${p}`,
  costs: '1\u202F000 строк стоит',
  insteadOf: 'вместо',
  timesLess: (f, factor) =>
    `, в ${f.factor(factor)} ${isWholeFactor(factor) ? plural(Math.round(factor), ['раз', 'раза', 'раз']) : 'раза'} дешевле`,
  percentLess: (share) => `, на ${share} дешевле`,
  unknown: 'неизвестно',
  unknownCost: 'Цена неизвестна.',
  costAndScoreSame: (names) => `Та же цена и та же оценка: ${names}.`,
  andEqual: (n) => `(и ещё ${n})`,
  detecting: (f, points, rows, cost) =>
    `Чтобы обнаружить разницу в ${f.plain(points)} ${plural(points, POINTS)}, нужно ещё около ${f.rough(rows)} ${plural(f.roughly(rows), OF_ROWS)}${cost === '' ? '' : ` (≈ ${cost})`}.`,
  fewRows: (f, n, isOfClusters) =>
    `${f.count(n)} ${plural(n, isOfClusters ? ['кластер', 'кластера', 'кластеров'] : ROWS)} — слишком мало для выбора: когда их меньше 20, значимы только большие различия.`,
  allZero: 'Оценка всех вариантов — 0',
  nothingToChoose: 'Выбирать не по чему.',
  noAnswers: 'Ответов нет',
  noneAnswered: (f, trials) =>
    trials === 1
      ? 'Единственный запрос остался без ответа'
      : `Ни на один из ${f.count(trials)} ${plural(trials, OF_TRIALS)} нет ответа`,
  noneScored: (f, n, scorer) =>
    n === 1
      ? `Единственный ответ не удалось оценить по ${scorer}`
      : `Ни один из ${f.count(n)} ${plural(n, OF_ANSWERS)} не удалось оценить по ${scorer}`,
  seeReasons: 'Смотрите причины',
  seeRows: 'Смотрите строки',
  nothingScored: 'В прогоне нет оценок: варианты можно сравнить только по цене и времени.',
  noneWhy: 'Условию ниже не отвечает ни один вариант с известной ценой.',
  cheapest: 'Самый дешёвый',
  fastest: 'Самый быстрый, 95\u202F% ответов',
  variant: 'Вариант',
  perThousand: 'за 1\u202F000 строк',
  perPassed: 'за верную строку',
  p95: 'p95',
  p50: 'p50',
  goodEnough: 'Достаточно хорош:',
  within: 'не дальше',
  atLeast: 'не ниже',
  pointsOfBest: (points) => `${Number.isInteger(points) ? plural(points, OF_POINTS) : 'пункта'} от лучшего,`,
  percentSign: '%,',
  asShown: 'насколько видно',
  certain: 'наверняка',
  pointsLabel: 'Процентные пункты',
  ruleLabel: 'Условие',
  certaintyLabel: 'Надёжность',
  answers: 'Ответы',
  ofN: (done, all) => `${done} из ${all}`,
  paid: 'Оплачено',
  estimated: (cost) => `по смете ${cost}`,
  estimatedMost: (cost) => `по смете не больше ${cost}`,
  estimateCovers: (f, { variants, unpriced, hasJudges }) =>
    (unpriced === 0
      ? ''
      : ` для ${f.count(variants - unpriced)} из ${f.count(variants)} ${plural(variants, VARIANTS_OF)}`) +
    (hasJudges ? ' без судей' : ''),
  tokens: 'Токены',
  tokensIn: 'в запросах',
  tokensOut: 'в ответах',
  took: 'Заняло',
  calls: (f, n, failed) =>
    `${f.count(n)} ${plural(n, CALLS)}, ${failed === 0 ? 'без сбоев' : `сбоев: ${f.count(failed)}`}`,
  paidForFailed: (cost) => `за сбойные оплачено ${cost}`,
  paidForUnused: (f, cost, n) =>
    `из них ${cost} за ${f.count(n)} ${plural(n, ['результат', 'результата', 'результатов'])} не из нынешнего прогона`,
  lostCalls: (f, { calls, isBound }, cost) =>
    (isBound
      ? `до ${f.count(calls)} ${plural(calls, OF_CALLS)} без пригодного ответа ${plural(calls, ['могло быть оплачено', 'могли быть оплачены', 'могли быть оплачены'])}`
      : `${f.count(calls)} ${plural(calls, CALLS)} без пригодного ответа ${plural(calls, ['мог быть оплачен', 'могли быть оплачены', 'могли быть оплачены'])}`) +
    cost,
  lostMost: (cost) => `, не больше чем на ${cost}`,
  lostUnknown: ', цена неизвестна',
  lostResults: (f, n) =>
    `журнал потерял ${f.count(n)} ${plural(n, ['результат', 'результата', 'результатов'])}, цена неизвестна`,
  paused: (f, pausedMs) => `пауза ${f.duration(pausedMs)}`,
  cached: (f, n) => `из кэша: ${f.count(n)}`,
  gates: 'Пороги',
  gatesNone: 'не заданы',
  gatesPassed: (passed, all) => `пройдено ${passed} из ${all}`,
  errored: 'С ошибкой',
  cutOff: (f, n) => (n === 0 ? 'ни один не обрезан' : `обрезано: ${f.count(n)}`),
  even: 'Оценки одинаковы',
  evenAt: (score) => `У всех вариантов оценка ${score}`,
  highestScores: (name, others, { f, isTied }) =>
    isTied
      ? `Выше, чем у ${name}, оценки нет ни у кого; ещё у ${f.count(others)} разница с ней незначима`
      : others === 0
        ? `Выше всех ${name}; остальные значимо хуже`
        : `Выше всех ${name}; ещё ${f.count(others)} ${plural(others, ['вариант', 'варианта', 'вариантов'])} хуже незначимо`,
  highestOfOtherRows: (name, ahead) =>
    `Самая высокая оценка у ${name}, но на строках, где ответили оба, она выше у ${ahead}`,
  scoreNote: 'Точка — среднее. Линия — доверительный интервал 95\u202F%.',
  scoreNote2: 'Значимость — с поправкой на все сравнения прогона (Холм).',
  scoreNote3: '○ есть вариант не дороже и не хуже.',
  passed: 'верных',
  versusBest: 'Против лучшего',
  best: 'самая высокая',
  bestTied: 'делит первое место',
  worseBy: (points, range) => `хуже на ${points}${range === '' ? '' : ` (${range})`}`,
  betterBy: (points, range) => `лучше на ${points}${range === '' ? '' : ` (${range})`}`,
  notCompared: 'не сравнивались',
  andMore: (n) => `и ещё ${n}`,
  showAll: (n) => `Показать все ${n}`,
  dominatedN: (f, n, all) =>
    `${f.count(n)} из ${f.count(all)} ${plural(all, ['варианта', 'вариантов', 'вариантов'])} ${plural(n, ['стоит не дешевле другого, а отвечает', 'стоят не дешевле другого, а отвечают', 'стоят не дешевле другого, а отвечают'])} не лучше`,
  traded: 'Каждый вариант стоит своих денег: выше оценка — выше цена',
  beside: 'Оценки и цены рядом',
  costsUnknown: 'Цены неизвестны',
  costNote: 'Цена в логарифмической шкале; чем выше и левее, тем лучше.',
  costNote2: 'Ступени — лучшая оценка за эти деньги. Пустая точка — есть вариант не дороже и не хуже.',
  byCost: (scorer, currency) => `${scorer}, % · и цена 1\u202F000 строк, ${currency}`,
  byTemperature: (scorer) => `${scorer}, % · и температура`,
  noCost: (names) => `Цена неизвестна, поэтому нет на графике: ${names}`,
  temperatureBest: (model, temperature) => `Лучшая температура ${model} — ${temperature}, значимо.`,
  temperatureNone: 'Ни для одной модели не показано, что какая-то температура лучше.',
  pairsCertain: (f, n, all) =>
    all === 1
      ? `Единственное различие ${n === 0 ? 'незначимо' : 'значимо'}`
      : n === 0
        ? `Из ${f.count(all)} ${plural(all, ['различия', 'различий', 'различий'])} ни одно не значимо`
        : `Значимых различий: ${f.count(n)} из ${f.count(all)}`,
  pairsNote:
    'На сколько пунктов строка таблицы лучше столбца — по строкам данных, где ответили оба. Ячейка ведёт к строкам, где верен только один из двух.',
  pairsNote2:
    'Интервал и p-значение — одного сравнения. Значимость — с поправкой на все сравнения (Холм); если значимость исчезла только из-за неё, показано и p-значение с поправкой.',
  rowBetter: 'строка значимо лучше',
  rowWorse: 'строка значимо хуже',
  more: (name) => `Сколько стоит уверенность: ${name} против`,
  points: 'Пункты',
  rowsFor2: 'Строк на 2 пункта',
  theirCost: 'Их цена',
  none: 'нет',
  pairTitle: (a, b, text) => `${a} против ${b}: ${text}`,
  fastestIs: (name, p95, other, slow) =>
    other === ''
      ? `${name}: 95\u202F% ответов за ${p95}`
      : `Быстрее всех ${name} (95\u202F% ответов за ${p95}), медленнее всех ${other} (${slow})`,
  sameTime: (p95) => `У всех вариантов 95\u202F% ответов за ${p95}`,
  timeNote: 'Полоса — гистограмма всех ответов; ось у всех общая. Риски: половина и 95\u202F% ответов.',
  timeNote2: 'Время одного вызова, без ожидания в очереди.',
  timeSimulated: 'Время ненастоящих ответов — это время этой машины.',
  timeOf: 'Время ответа',
  lengthOf: 'Длина ответа, токены',
  tokens50: 'токены p50',
  cut: 'обрезано',
  billInside: (bill) => `Счёт, ${bill}, в пределах сметы`,
  billOutside: (bill) => `Счёт, ${bill}, вне диапазона сметы`,
  billSaved: (bill) => `Счёт, ${bill}, ниже сметы: она считает ответы из кэша платными`,
  billBelow: (bill, most) => `Счёт ${bill}; по смете не больше ${most}`,
  billPartly: (f, bill, n) => `Счёт не меньше ${bill}: цена ${f.count(n)} ${plural(n, OF_ANSWERS)} неизвестна`,
  billUnpriced: (f, bill, n) => `Счёт ${bill} без ${f.count(n)} ${plural(n, VARIANTS_OF)} с неизвестной ценой`,
  billNoEstimate: 'Сметы нет',
  billWhyNone: (f, least) =>
    `Прогон составляет её в начале, если цена известна и предстоит не меньше ${f.count(least)} запросов.`,
  billOnly: (bill) => `Счёт ${bill}`,
  billBesides: 'Заменённые результаты и те, которых уже нет в прогоне',
  billLost: (calls) => `Сверх счёта ${calls}.`,
  billNote: (level) =>
    `В диапазон счёт попадает в ${level} таких прогонов. Полосы — доли счёта; счёт — линия на 100\u202F%.`,
  billNoPrice: (models) => `Цена ${models} была неизвестна: в смете и в этой таблице её нет.`,
  billNoteFloor: 'Пока нет ответов, их длина неизвестна: показаны только границы, в долях счёта.',
  pricedVariants: 'Варианты с известной ценой',
  billPilot: 'Диапазон даёт проба: estimate --pilot 20',
  estimate: 'Смета',
  range: 'Диапазон',
  atMost: 'Не больше',
  bill: 'Счёт',
  difference: 'Отличие',
  allVariants: 'Все варианты',
  noErrors: 'Ни одной ошибки',
  errorsN: (f, n, all, [most, reason]) =>
    `С ошибкой ${f.count(n)} из ${f.count(all)}; у ${f.count(most)} причина — ${reason}`,
  errorKinds: ERROR_KINDS,
  otherReasons: 'прочие причины',
  errorsNote: 'Ошибка не оценивается и не считается неверным ответом.',
  errorsNote2: 'Ось общая: время прогона без пауз дольше 10 минут. Серым — ответы, одновременные вызовы, повторы.',
  errorsNote3:
    'Повторные попытки отмечены там, где завершился их вызов. Причина повтора, например 429, не записывается.',
  inFlight: 'Одновременных вызовов',
  inFlightMost: (count) => `≤ ${count}`,
  retried: 'Повторных попыток',
  reason: 'Причина',
  count: 'Ошибок',
  show: 'показать',
  retry: 'Повторить их: добавьте --retry-errored к команде запуска',
  searchHint: (column) => `Поиск; или ${column}`,
  search: 'Поиск по строкам',
  filters: {
    all: 'Все',
    disagree: 'Варианты расходятся',
    failed: 'Неверные',
    allFailed: 'Все неверны',
    errored: 'С ошибкой',
    cut: 'Обрезанные',
    flaky: 'Нестабильные',
    flipped: 'Изменились',
    labelled: 'С пометкой',
  },
  order: 'Порядок',
  orders: { worth: 'сначала интересные', plan: 'как в данных', share: 'сначала трудные', id: 'по id' },
  row: 'Строка',
  question: 'Вопрос',
  expected: 'Ожидалось',
  emptyRows: 'Таких строк нет.',
  clear: 'Сбросить поиск и фильтры',
  loading: 'Читаю строки…',
  kept: (f, kept, all) =>
    `На странице ${f.count(kept)} из ${f.count(all)} ${plural(all, OF_ROWS)}, в первую очередь интересные. Все — в results.jsonl.`,
  cutRows: (f, cut, units) =>
    `Чтобы страница была небольшой, в ${f.count(cut)} ${plural(cut, ['строке', 'строках', 'строках'])} тексты обрезаны до ${f.count(units)} ${plural(units, OF_SIGNS)}.`,
  failsOf: (name) => `Строки, где ${name} ответил неверно`,
  marks: 'Знаки слева направо:',
  system: 'Системное сообщение',
  roles: { user: 'Вопрос', assistant: 'Ассистент', system: 'Системное сообщение' },
  columns: 'Столбцы',
  sameAnswer: (f, n) => (n === 1 ? '' : `${f.count(n)} с одним ответом`),
  cutText: (f, shown, all) => `… обрезано: ${f.count(shown)} из ${f.count(all)} ${plural(all, OF_SIGNS)}`,
  showWhole: (f, n) => `Показать целиком: ${f.count(n)} ${plural(n, ['знак', 'знака', 'знаков'])}`,
  thoughts: 'Рассуждения',
  messages: 'Сообщения',
  diffWith: 'Сравнить с',
  diffNone: 'не сравнивать',
  diffExpected: 'ожидаемым ответом',
  tooDifferent: 'слишком разные, чтобы отметить различия',
  cutNoDiff: 'не сравнивается: текст обрезан',
  view: 'Вид',
  views: { text: 'Текст', markdown: 'Markdown', json: 'JSON' },
  attempts: (n) => `попыток: ${n}`,
  fromCache: 'из кэша',
  repeatN: (n) => `повтор ${n}`,
  cost: 'цена',
  time: 'время',
  copyCurl: 'Копировать curl',
  copyJson: 'Копировать JSON',
  copyLink: 'Копировать ссылку',
  copied: 'Скопировано',
  notScored: 'без оценки',
  label: 'Пометка',
  labels: { good: 'хорошо', bad: 'плохо', none: 'нет' },
  note: 'Заметка',
  exportLabels: (f, n) => `Выгрузить пометки: ${f.count(n)} (CSV)`,
  empty: '(пусто)',
  skipped: 'пропущено',
  beatenBy: (f, name, rows) => `без запроса: после ${f.count(rows)} ${plural(rows, OF_ROWS)} явно лучше ${name}`,
  ...comparisonWords,
  ...reasonWords,
  how: 'Как это получено',
  made: 'Прогон',
  version: (v) => `promptgrid ${v}`,
  revision: (r) => `коммит ${r}`,
  settings: 'Поля запроса',
  prompts: 'Промпты',
  files: 'Файлы',
  filesText: 'В папке прогона лежат результаты, summary.json и run.json.',
  method: 'Метод',
  methodText:
    'Интервалы — Уилсона, для повторов, кластеров и дробных оценок с эффективным объёмом выборки. Пары — точный тест Макнемара или перестановка знаков на тех же строках, с поправкой Холма. Число строк — для мощности 80\u202F%.',
  notes: 'Примечания',
  moreNotes: (f, n) => `То же ещё у ${f.count(n)}.`,
  noteText,
  keyList: [
    ['j k ↑ ↓', 'следующая и предыдущая строка'],
    ['Enter o', 'открыть или закрыть строку'],
    ['n', 'следующая строка, где варианты расходятся'],
    ['/', 'поиск'],
    ['1 – 4', 'фильтры'],
    ['d', 'сравнить ответы со следующим'],
    ['t', 'тема'],
    ['Esc', 'закрыть строку, потом сбросить'],
    ['?', 'этот список'],
  ],
};
