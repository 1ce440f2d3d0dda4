import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { assertionsModule, type CodeAssertion } from './assertions-module.ts';
import { functionOf, isFunction } from './code.ts';
import type { ImportNotes } from './notes.ts';
import { fillVariables } from './nunjucks.ts';
import { BROKEN_NOTE, CODE_NOTE } from './providers.ts';
import { isFileReference, referencedPath } from './source.ts';

/** What the reading of code needs to know of the configuration. */
export interface CodeContext {
  /** The configuration's file. */
  readonly file: string;
  /** Whether code may be taken over. */
  readonly allowCode: boolean;
  /** The path of a file from the folder of generated modules. */
  readonly fromModules: (path: string) => string;
  readonly notes: ImportNotes;
}

/** An assertion in code where it is found. */
interface GivenCode {
  readonly item: JsonObject;
  readonly path: string;
  readonly vars: Readonly<Record<string, JsonValue>>;
  /** Code that makes something else of the answer first. */
  readonly transforms: readonly string[];
}

const FILE = /^file:\/\/(.*\.[cm]?js)(?::(\w+))?$/;
/** Parts of promptfoo's context that a module has not. */
const MORE_CONTEXT = /\bcontext\??\.(?!vars\b|config\b)\w+|\bcontext\[(?!["'](?:vars|config)["'])/;

/** Collects assertions in JavaScript for a module of their own. */
export class CodeAssertions {
  readonly #context: CodeContext;
  readonly #names = new Map<string, string>();
  readonly #assertions = new Map<string, CodeAssertion>();

  constructor(context: CodeContext) {
    this.#context = context;
  }

  /** The module with all of them; null if there are none. */
  module(): string | null {
    return this.#assertions.size === 0 ? null : assertionsModule(this.#assertions);
  }

  /** The name by which a row asks for an assertion; null for one that is noted and left out. */
  add({ item, path, vars, transforms }: GivenCode): string | null {
    const { notes, allowCode } = this.#context;
    if (!allowCode) {
      notes.add(path, CODE_NOTE);
      return null;
    }
    const code = this.#codeOf(item['value'], vars);
    if (code === null) {
      notes.add(path, BROKEN_NOTE);
      return null;
    }
    if (transforms.some((text) => isFileReference(text) || !isFunction(functionOf(text, 'output, context')))) {
      notes.add(path, 'an assertion of which a transform is a file or no JavaScript');
      return null;
    }
    if (typeof code === 'string' && MORE_CONTEXT.test(code)) {
      notes.change(path, 'code gets "vars" and "config" as its context, and nothing else');
    }
    const { type, threshold, weight, config } = item;
    return this.#named({
      code,
      isNegated: type === 'not-javascript',
      threshold: typeof threshold === 'number' ? threshold : null,
      weight: typeof weight === 'number' ? weight : 1,
      transforms,
      config: isJsonObject(config) ? config : {},
    });
  }

  #codeOf(value: JsonValue | undefined, vars: GivenCode['vars']): CodeAssertion['code'] | null {
    if (typeof value !== 'string') return null;
    if (isFileReference(value)) {
      const [, reference, name] = FILE.exec(value) ?? [];
      const path = reference === undefined ? null : referencedPath(reference, this.#context.file);
      return path === null ? null : { file: this.#context.fromModules(path), name: name ?? null };
    }
    // Only variables of the test: code has braces of its own.
    const text = value.replace(/\{\{\s*[\w.]+\s*\}\}/g, (tag) => fillVariables(tag, vars).text);
    return isFunction(functionOf(text, 'output, context')) ? text : null;
  }

  #named(assertion: CodeAssertion): string {
    const key = canonicalJson({ ...assertion, code: JSON.stringify(assertion.code) });
    const name = this.#names.get(key) ?? `a${this.#names.size + 1}`;
    this.#names.set(key, name);
    this.#assertions.set(name, assertion);
    return name;
  }
}
