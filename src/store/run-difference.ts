import type { ErrorLine } from '../core/errors.ts';
import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  objectOf,
  parseJson,
  textOr,
} from '../core/json.ts';
import { lineDiff } from '../core/line-diff.ts';
import { cutShort } from '../core/plain-text.ts';

/** How two runs differ. */
export interface RunDifference {
  /** Keys of the identity that differ; empty if both are the same run. */
  readonly keys: readonly string[];
  /** The differences in words. */
  readonly lines: readonly ErrorLine[];
}

/** How the requested run differs from the one in a folder. */
export function runDifference(earlier: JsonObject, wanted: JsonObject): RunDifference {
  const all = [...new Set([...Object.keys(earlier), ...Object.keys(wanted)])];
  const keys = all.filter((key) => differ(earlier[key], wanted[key]));
  const lines = keys.flatMap((key) =>
    key === 'prompts'
      ? promptLines(listOf(earlier[key]).map(readPrompt), listOf(wanted[key]).map(readPrompt))
      : settingLines(LABELS[key] ?? key, earlier[key] ?? null, wanted[key] ?? null),
  );
  return { keys, lines };
}

function differ(before: JsonValue | undefined, now: JsonValue | undefined): boolean {
  return canonicalJson(before ?? null) !== canonicalJson(now ?? null);
}

interface PromptTexts {
  readonly name: string;
  readonly system: string;
  readonly text: string;
}

/** A template in the identity is the JSON text of its system message and itself; in older runs only itself. */
function readPrompt(value: JsonValue): PromptTexts {
  const { name, template } = objectOf(value);
  const whole = textOr(template, '');
  const { system, prompt } = objectOf(parseJson(whole) ?? null);
  const isPair = typeof system === 'string' && typeof prompt === 'string';
  return { name: textOr(name, ''), system: isPair ? system : '', text: isPair ? prompt : whole };
}

function promptLines(before: readonly PromptTexts[], now: readonly PromptTexts[]): readonly ErrorLine[] {
  const earlier = new Map(before.map((prompt) => [prompt.name, prompt]));
  const names = new Set(now.map(({ name }) => name));
  const shownSystems = new Set<string>();
  const changed = now.flatMap((prompt) => {
    const old = earlier.get(prompt.name);
    if (old === undefined) return [plain(`prompt "${prompt.name}": was not in that run`)];
    const key = JSON.stringify([old.system, prompt.system]);
    const isShown = shownSystems.has(key);
    shownSystems.add(key);
    return [
      ...(isShown ? [] : textLines(`system message of prompt "${prompt.name}"`, old.system, prompt.system)),
      ...textLines(`prompt "${prompt.name}"`, old.text, prompt.text),
    ];
  });
  const gone = before.filter(({ name }) => !names.has(name));
  const lines = [...changed, ...gone.map(({ name }) => plain(`prompt "${name}": is not given now`))];
  if (lines.length > 0) return lines;
  return settingLines(
    'prompt',
    before.map(({ name }) => name),
    now.map(({ name }) => name),
  );
}

/** Shown instead of a template's text if the template is a column of the dataset. */
const COLUMN = /^column:(.*)$/s;

function textLines(label: string, before: string, now: string): readonly ErrorLine[] {
  if (before === now) return [];
  const [was, is] = [before, now].map((text) => text.replace(COLUMN, '(the column "$1" of the dataset)'));
  return [
    plain(`${label}:`),
    ...lineDiff(was ?? '', is ?? '').map(({ kind, text }) => ({ kind, text: `  ${SIGNS[kind]} ${text}`.trimEnd() })),
  ];
}

const SIGNS = { same: ' ', removed: '-', added: '+', gap: '…' } as const;

/** Flags whose names differ from the key. */
const LABELS: Readonly<Record<string, string>> = {
  models: 'model',
  temperatures: 'temperature',
  params: 'request field',
  endpoints: 'endpoint',
  headers: 'headers of',
};

function settingLines(label: string, before: JsonValue, now: JsonValue): readonly ErrorLine[] {
  const objects = [before, now].filter((value) => value !== null);
  if (objects.length > 0 && objects.every(isJsonObject)) {
    const [was, is] = [objectOf(before), objectOf(now)];
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => differ(was[key], is[key]));
    return keys.map((key) => plain(`${label} ${key}: ${change(was[key] ?? null, is[key] ?? null)}`));
  }
  return [plain(`${label}: ${change(before, now)}`)];
}

function change(before: JsonValue, now: JsonValue): string {
  return `was ${brief(before)}, is ${brief(now)}`;
}

const SHOWN_CHARACTERS = 120;

function brief(value: JsonValue): string {
  if (value === null) return 'not set';
  const text = isJsonArray(value) ? value.map(word).join(', ') : word(value);
  return cutShort(text, SHOWN_CHARACTERS);
}

function word(value: JsonValue): string {
  if (value === null) return 'the default';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function plain(text: string): ErrorLine {
  return { kind: 'plain', text };
}
