import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../src/core/json.ts';

interface Item {
  readonly id: string;
  /** Text of the last user message. */
  readonly prompt: string;
  readonly expected: string;
}

interface Answer {
  readonly model: string;
  readonly prompt: string;
  readonly output: string;
  readonly temperature: number | null;
}

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'deepseek-chat', 'yandexgpt'];
const LABELS = ['аккаунт', 'возврат', 'доставка', 'другое', 'оплата', 'ошибка'];
const FIELDS = ['name', 'city', 'date', 'amount', 'currency'];
const CYRILLIC = /[а-яё]/i;

function readText(name: string): string {
  return readFileSync(new URL(`../datasets/${name}`, import.meta.url), 'utf8');
}

function readCsv(name: string): readonly JsonObject[] {
  return parse<JsonObject>(readText(name), { columns: true });
}

function parseObject(json: string): JsonObject {
  const value: unknown = JSON.parse(json);
  if (!isJsonObject(value)) throw new TypeError(`not a JSON object: ${json}`);
  return value;
}

function readJsonl(name: string): readonly JsonObject[] {
  return readText(name).trimEnd().split('\n').map(parseObject);
}

function text(value: JsonValue | undefined): string {
  if (typeof value !== 'string' || value.trim() === '') throw new TypeError(`not a text: ${JSON.stringify(value)}`);
  return value;
}

function messagesOf(row: JsonObject): readonly JsonObject[] {
  const { messages } = row;
  if (!Array.isArray(messages)) throw new TypeError(`no messages: ${JSON.stringify(row)}`);
  return messages.filter(isJsonObject);
}

function toItem(row: JsonObject): Item {
  const prompt = row.messages === undefined ? row.prompt : messagesOf(row).at(-1)?.content;
  return { id: text(row.id), prompt: text(prompt), expected: text(row.expected) };
}

function toAnswer(line: JsonObject): Answer {
  const temperature = typeof line.temperature === 'number' ? line.temperature : null;
  return { model: text(line.model), prompt: text(line.prompt), output: text(line.output), temperature };
}

function countBy<T>(values: readonly T[], key: (value: T) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[key(value)] = (counts[key(value)] ?? 0) + 1;
  return counts;
}

const support = readCsv('support.csv');
const extraction = readCsv('extraction.csv');
const dialogues = readJsonl('dialogues.jsonl');

const SETS = [
  { name: 'support', file: 'support.csv', rows: support, size: 48 },
  { name: 'extraction', file: 'extraction.csv', rows: extraction, size: 24 },
  { name: 'dialogues', file: 'dialogues.jsonl', rows: dialogues, size: 16 },
].map((set) => ({
  ...set,
  items: set.rows.map(toItem),
  answersFile: `answers/${set.name}.jsonl`,
  answers: readJsonl(`answers/${set.name}.jsonl`).map(toAnswer),
}));

type ShippedSet = (typeof SETS)[number];
type Judge = (output: string, expected: string) => boolean;

const exact: Judge = (output, expected) => output === expected;
const contains: Judge = (output, expected) => output.includes(expected);

function answerTo(set: ShippedSet, model: string, prompt: string, temperature: number): string | undefined {
  const candidates = set.answers.filter((answer) => answer.model === model && answer.prompt === prompt);
  const own = candidates.find((answer) => answer.temperature === temperature);
  return (own ?? candidates.find((answer) => answer.temperature === null))?.output;
}

function countPassed(set: ShippedSet, model: string, temperature: number, judge: Judge): number {
  const passed = set.items.filter(({ prompt, expected }) => {
    const output = answerTo(set, model, prompt, temperature);
    return output !== undefined && judge(output, expected);
  });
  return passed.length;
}

describe.each(SETS)('the shipped dataset $file', (set) => {
  it('has the promised number of rows', () => {
    expect(set.items).toHaveLength(set.size);
  });

  it('has an id and a prompt of its own in every row', () => {
    expect(new Set(set.items.map((item) => item.id)).size).toBe(set.size);
    expect(new Set(set.items.map((item) => item.prompt)).size).toBe(set.size);
  });

  it('is UTF-8 without a byte order mark or carriage returns and ends with a line end', () => {
    for (const file of [set.file, set.answersFile]) {
      const content = readText(file);
      expect(content).not.toMatch(/\r|\uFEFF|\uFFFD/);
      expect(content).toMatch(/[^\n]\n$/);
    }
  });

  it('has prompts without white space at their ends, so that no reader can change them', () => {
    expect(set.items.filter(({ prompt }) => prompt !== prompt.trim())).toEqual([]);
  });
});

describe.each(SETS)('the scripted answers to $file', (set) => {
  it('answer every row for every model at any temperature', () => {
    const missing = MODELS.flatMap((model) =>
      set.items.filter(({ prompt }) => answerTo(set, model, prompt, 0.31) === undefined).map(({ id }) => [model, id]),
    );
    expect(missing).toEqual([]);
  });

  it('have one answer for a model, a prompt and a temperature, and none that no row asks for', () => {
    const keys = set.answers.map(({ model, prompt, temperature }) => JSON.stringify([model, prompt, temperature]));
    const prompts = new Set(set.items.map((item) => item.prompt));
    expect(new Set(keys).size).toBe(keys.length);
    expect(set.answers.filter(({ model, prompt }) => !MODELS.includes(model) || !prompts.has(prompt))).toEqual([]);
  });

  it('differ where a temperature has a line of its own', () => {
    const own = set.answers.filter((answer) => answer.temperature !== null);
    const idle = own.filter(({ model, prompt, output }) => answerTo(set, model, prompt, 0) === output);
    expect(own.length).toBeGreaterThan(0);
    expect(idle).toEqual([]);
  });

  it.each(MODELS)('pass as often for %s as the README of the datasets says', (model) => {
    const cells = [0, 0.7].flatMap((t) => [countPassed(set, model, t, exact), countPassed(set, model, t, contains)]);
    expect(readText('README.md')).toContain(`\n| ${[set.name, model, ...cells].join(' | ')} |\n`);
  });
});

describe('support.csv', () => {
  it('has the promised columns', () => {
    expect(Object.keys(support[0] ?? {})).toEqual(['id', 'lang', 'system', 'prompt', 'expected']);
  });

  it('has eight rows for each of the six labels', () => {
    expect(countBy(support, (row) => text(row.expected))).toEqual(Object.fromEntries(LABELS.map((name) => [name, 8])));
  });

  it('has 29 Russian and 19 English messages, each in the language that it says', () => {
    expect(countBy(support, (row) => text(row.lang))).toEqual({ ru: 29, en: 19 });
    expect(support.filter((row) => CYRILLIC.test(text(row.prompt)) !== (row.lang === 'ru'))).toEqual([]);
  });

  it('gives the same instruction in each row, and it names every label', () => {
    const systems = [...new Set(support.map((row) => text(row.system)))];
    expect(systems).toHaveLength(1);
    for (const label of LABELS) expect(systems[0]).toContain(label);
  });

  it('holds what makes CSV hard: quotes, line breaks, commas, semicolons and emoji inside cells', () => {
    const prompts = support.map((row) => text(row.prompt));
    for (const hard of [/"/, /\n/, /,/, /;/, /\p{Extended_Pictographic}/u]) {
      expect(prompts.filter((prompt) => hard.test(prompt)).length, String(hard)).toBeGreaterThanOrEqual(2);
    }
  });

  it('ranks the simulated models gpt-4o > deepseek-chat ≥ gpt-4o-mini > yandexgpt by exact match at 0', () => {
    const [set] = SETS;
    const passed = ['gpt-4o', 'deepseek-chat', 'gpt-4o-mini', 'yandexgpt'].map((model) =>
      set === undefined ? Number.NaN : countPassed(set, model, 0, exact),
    );
    const [first = 0, second = 0, third = 0, last = 0] = passed;
    expect(first).toBeGreaterThan(second);
    expect(second).toBeGreaterThanOrEqual(third);
    expect(third).toBeGreaterThan(last);
    expect(last).toBeGreaterThan(0);
  });
});

describe('extraction.csv', () => {
  it('has the promised columns', () => {
    expect(Object.keys(extraction[0] ?? {})).toEqual(['id', 'prompt', 'expected']);
  });

  it('expects compact JSON with the same keys in the same order', () => {
    for (const row of extraction) {
      const expected = parseObject(text(row.expected));
      expect(JSON.stringify(expected)).toBe(row.expected);
      expect(Object.keys(expected)).toEqual(FIELDS);
      expect(expected.amount).toBeTypeOf('number');
      expect(expected.currency).toMatch(/^[A-Z]{3}$/);
      expect(expected.date ?? '2025-01-01').toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it('has 14 Russian and 10 English texts', () => {
    expect(extraction.filter((row) => CYRILLIC.test(text(row.prompt)))).toHaveLength(14);
  });

  it('has a schema that requires the keys of the expected answers and no others', () => {
    const schema = parseObject(readText('extraction.schema.json'));
    const properties = isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
    expect(schema.required).toEqual(FIELDS);
    expect(properties).toEqual(FIELDS);
    expect(schema.additionalProperties).toBe(false);
  });
});

describe('dialogues.jsonl', () => {
  it('has conversations that begin with the system, alternate, and end with the user', () => {
    for (const row of dialogues) {
      const [first, ...turns] = messagesOf(row).map((message) => text(message.role));
      expect(first).toBe('system');
      expect(turns).toEqual(turns.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')));
      expect(turns.at(-1)).toBe('user');
      expect(turns.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('never gives the expected phrase away in the last question', () => {
    const items = dialogues.map(toItem);
    expect(items.filter(({ prompt, expected }) => prompt.includes(expected))).toEqual([]);
  });

  it('has 9 Russian and 7 English conversations, each with a topic', () => {
    const russian = dialogues.filter((row) => CYRILLIC.test(text(messagesOf(row)[0]?.content)));
    expect(russian).toHaveLength(9);
    expect(dialogues.filter((row) => text(row.topic) !== '')).toHaveLength(16);
  });
});
