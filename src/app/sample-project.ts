/** A file of a sample project, and its purpose. */
export interface SampleFile {
  readonly name: string;
  readonly text: string;
  /** One line for a person. */
  readonly purpose: string;
}

/** The language of a sample project. */
export type SampleLanguage = 'en' | 'ru';

/** A customer message, its topic, and the weaker model's answer if it differs. */
type SampleRow = readonly [message: string, topic: string, wrong?: string];

interface Sample {
  readonly rows: readonly SampleRow[];
  /** The wrong answer of both models to the last of the rows. */
  readonly missed: string;
  readonly config: string;
  readonly purposes: Readonly<Record<'config' | 'rows' | 'answers', string>>;
}

const FILES = { config: 'promptgrid.yaml', rows: 'rows.csv', answers: 'answers.jsonl' } as const;
const MODELS = { stronger: 'gpt-4o', weaker: 'gpt-4o-mini' } as const;

/** The files of a sample project: settings, a dataset, and scripted answers, so that a run needs no key. */
export function sampleProject(language: SampleLanguage): readonly SampleFile[] {
  const { config, rows, missed, purposes } = language === 'ru' ? RUSSIAN : ENGLISH;
  const lines = rows.map(([message, topic], index) => `q${index + 1},"${message}",${topic}`);
  const answers = rows.flatMap(([message, topic, wrong], index) => {
    const isMissed = index === rows.length - 1;
    const script = (model: string, output: string): string => JSON.stringify({ contains: message, model, output });
    return [
      script(MODELS.stronger, isMissed ? missed : topic),
      script(MODELS.weaker, isMissed ? missed : (wrong ?? topic)),
    ];
  });
  return [
    { name: FILES.config, text: config, purpose: purposes.config },
    { name: FILES.rows, text: `id,message,expected\n${lines.join('\n')}\n`, purpose: purposes.rows },
    { name: FILES.answers, text: `${answers.join('\n')}\n`, purpose: purposes.answers },
  ];
}

const SCHEMA = '# yaml-language-server: $schema=./node_modules/promptgrid/docs/promptgrid.schema.json';

const ENGLISH: Sample = {
  purposes: {
    config: 'settings, each with a comment',
    rows: '24 messages of customers and their topics',
    answers: 'scripted answers: the first run needs no key',
  },
  missed: 'return',
  rows: [
    ['Where is my parcel? It should have come on Monday.', 'delivery'],
    ['The card was charged twice for one order.', 'payment'],
    ['The shoes are too small and I want to send them back.', 'return'],
    ['Do you have a shop in Leeds?', 'other', 'delivery'],
    ['The courier left the box with a neighbour I do not know.', 'delivery'],
    ['Can I pay by bank transfer?', 'payment'],
    ['The mug arrived broken and I would like my money back.', 'return', 'delivery'],
    ['How do I delete my account?', 'other'],
    ['My tracking number shows nothing for a week.', 'delivery'],
    ['The promo code does not change the price.', 'payment', 'other'],
    ['I sent the dress back ten days ago. When is the refund?', 'return', 'payment'],
    ['Is this lamp made of glass or plastic?', 'other'],
    ['Can you deliver to a parcel locker?', 'delivery'],
    ['I need an invoice with my company details.', 'payment'],
    ['What is the last day to send a jacket back?', 'return'],
    ['I would like to work for you. Whom do I write to?', 'other'],
    ['Please change the address, I have moved.', 'delivery', 'other'],
    ['The bank declines the payment and I do not know why.', 'payment'],
    ['The return label is blank when I print it.', 'return'],
    ['Will the blue kettle be in stock again?', 'other'],
    ['The parcel went to another city.', 'delivery'],
    ['Is there an extra charge for paying in instalments?', 'payment'],
    ['Do I have to pay for sending it back?', 'return', 'The topic is payment.'],
    ['Your courier was very kind, thank you!', 'other'],
  ],
  config: `${SCHEMA}
# Every key is a flag of \`promptgrid run\` in camelCase; a flag on the command line wins.

dataset: ${FILES.rows}

# Scripted answers: no API key, no network, no cost. For answers of the models remove
# this line and write GPTUNNEL_API_KEY=<your key> into a .env file in this folder.
simulate: ${FILES.answers}

# The grid: every row with every prompt, model and temperature. A column whose name has
# spaces is read as {{ row["order no"] }}.
prompt:
  - |-
    Name the topic of the customer's message in one word: delivery, payment, return or other.

    {{ message }}
model:
  - ${MODELS.stronger}
  - ${MODELS.weaker}
temperature: [0]
# repeat: 3

# How answers are scored against the column \`expected\`.
score: [exact]

# Request fields, as the API names them, in camelCase.
maxTokens: 50
# topP: 0.9
# param:
#   seed: 7

# The endpoint.
provider: gptunnel
# baseUrl: https://example.org/v1
# apiKeyEnv: MY_KEY

# Money, in the provider's currency.
# budget: 100           # never exceeded; needs maxTokens
# confirmAbove: 20      # on a terminal, ask before a run that may cost more

# Pace.
# concurrency: 32
# rpm: 60
# timeout: 120
`,
};

const RUSSIAN: Sample = {
  purposes: {
    config: 'настройки с пояснениями',
    rows: '24 обращения покупателей и их темы',
    answers: 'готовые ответы: для первого прогона ключ не нужен',
  },
  missed: 'возврат',
  rows: [
    ['Где моя посылка? Обещали привезти в понедельник.', 'доставка'],
    ['За один заказ деньги с карты списали дважды.', 'оплата'],
    ['Туфли малы, хочу отправить их обратно.', 'возврат'],
    ['Есть ли у вас магазин в Казани?', 'другое', 'доставка'],
    ['Курьер оставил коробку незнакомому соседу.', 'доставка'],
    ['Можно ли оплатить по счёту?', 'оплата'],
    ['Кружка пришла разбитой, верните деньги.', 'возврат', 'доставка'],
    ['Как удалить личный кабинет?', 'другое'],
    ['По трек-номеру уже неделю ничего не видно.', 'доставка'],
    ['Промокод не меняет цену.', 'оплата', 'другое'],
    ['Отправила платье обратно десять дней назад. Когда придут деньги?', 'возврат', 'оплата'],
    ['Эта лампа стеклянная или пластиковая?', 'другое'],
    ['Доставляете в постамат?', 'доставка'],
    ['Нужен счёт с реквизитами компании.', 'оплата'],
    ['До какого числа можно вернуть куртку?', 'возврат'],
    ['Хочу у вас работать. Кому написать?', 'другое'],
    ['Поменяйте, пожалуйста, адрес: я переехал.', 'доставка', 'другое'],
    ['Банк отклоняет платёж, и непонятно почему.', 'оплата'],
    ['Этикетка для возврата печатается пустой.', 'возврат'],
    ['Появится ли снова синий чайник?', 'другое'],
    ['Посылка уехала в другой город.', 'доставка'],
    ['Есть ли комиссия при оплате частями?', 'оплата'],
    ['За обратную отправку платит покупатель?', 'возврат', 'Тема: оплата.'],
    ['Спасибо, ваш курьер был очень вежлив!', 'другое'],
  ],
  config: `${SCHEMA}
# Каждый ключ – флаг команды \`promptgrid run\` в camelCase; флаг в командной строке важнее.

dataset: ${FILES.rows}

# Готовые ответы: без ключа, сети и оплаты. Чтобы отвечали модели, удалите эту строку
# и запишите GPTUNNEL_API_KEY=<ваш ключ> в файл .env в этой папке.
simulate: ${FILES.answers}

# Сетка: каждая строка с каждым промптом, моделью и температурой. Столбец с пробелом в
# имени читается так: {{ row["номер заказа"] }}.
prompt:
  - |-
    Назови тему обращения одним словом: доставка, оплата, возврат или другое.

    {{ message }}
model:
  - ${MODELS.stronger}
  - ${MODELS.weaker}
temperature: [0]
# repeat: 3

# Как ответы сверяются со столбцом \`expected\`.
score: [exact]

# Поля запроса, как их называет API, в camelCase.
maxTokens: 50
# topP: 0.9
# param:
#   seed: 7

# Провайдер.
provider: gptunnel
# baseUrl: https://example.org/v1
# apiKeyEnv: MY_KEY

# Деньги, в валюте провайдера.
# budget: 100           # не превышается; нужен maxTokens
# confirmAbove: 20      # в терминале спросить перед прогоном, который может стоить больше

# Темп.
# concurrency: 32
# rpm: 60
# timeout: 120
`,
};
