import { extname } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue, objectOf, textsOf } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import { functionOf, isFunction } from './code.ts';
import { readHttpProvider } from './http-provider.ts';
import type { ModelSettings } from './model-keys.ts';
import { ECHO_MODULE, httpModule, providerModule } from './module-texts.ts';
import { type ImportNotes, listItems } from './notes.ts';
import { readProviderConfig } from './provider-config.ts';
import { readProviderId } from './provider-ids.ts';
import { isFileReference, parseYaml, readText, referencedPath } from './source.ts';

/** What the reading of providers needs to know of the configuration. */
export interface ProviderContext {
  /** The configuration's file. */
  readonly file: string;
  /** Whether code may be taken over. */
  readonly allowCode: boolean;
  /** The path of a file from the folder of generated modules. */
  readonly fromModules: (path: string) => string;
  /** Variables that have one value in all tests. */
  readonly constants: JsonObject;
  readonly notes: ImportNotes;
}

/** Reads promptfoo providers into keys of promptgrid.yaml; others are noted. */
export class ProviderImport {
  readonly #context: ProviderContext;
  readonly #modules = new Map<string, string>();

  constructor(context: ProviderContext) {
    this.#context = context;
  }

  /** Modules to write, by name within the folder. */
  modules(): ReadonlyMap<string, string> {
    return this.#modules;
  }

  /** The models of a list of providers. @param path its place in the file */
  async models(given: JsonValue | undefined, path: string): Promise<readonly ModelSettings[]> {
    const found: ModelSettings[] = [];
    for (const [index, item] of listItems(given).entries()) {
      for (const entry of await this.#expanded(item)) {
        const model = await this.model(entry, `${path}[${index}]`);
        if (model !== null) found.push(model);
      }
    }
    return found;
  }

  /** The model of one provider; null for one that is noted and left out. */
  async model(item: JsonValue, path: string): Promise<ModelSettings | null> {
    const { notes } = this.#context;
    const { id, options } = idOf(item);
    notes.addUnknownKeys(options, path, ['id', 'label', 'config', 'prompts', 'transform', 'delay', 'env']);
    const config = objectOf(options['config']);
    const found = await this.#reference(id, config, path);
    if (found === null) return null;
    const { label, transform, prompts, delay } = options;
    return {
      ...found,
      path,
      label: typeof label === 'string' && label.trim() !== '' ? label.trim() : null,
      prompts: prompts === undefined || prompts === null ? null : textsOf(listItems(prompts)),
      transform: typeof transform === 'string' ? transform : null,
      rpm: typeof delay === 'number' && delay > 0 ? Math.max(1, Math.floor(60_000 / delay)) : null,
    };
  }

  /** The providers of a file that is named in place of one. */
  async #expanded(item: JsonValue): Promise<readonly JsonValue[]> {
    const path = isFileReference(item) ? referencedPath(item, this.#context.file) : null;
    if (path === null || !['.yaml', '.yml', '.json'].includes(extname(path))) return [item];
    const text = await readText(path);
    return text === null ? [item] : listItems(parseYaml(text, path));
  }

  async #reference(id: string, config: JsonObject, path: string): Promise<FoundModel | null> {
    const { notes, file } = this.#context;
    if (id === 'echo') return this.#module('echo', ECHO_MODULE);
    if (/^https?(?::\/\/|$)/.test(id)) return this.#http(id, config, path);
    if (/^(?:file:\/\/|\.{0,2}\/)[^]*\.(?:[cm]?[jt]s)$/.test(id)) return this.#own(id, config, path);
    const found = readProviderId(id);
    if (found === null) {
      notes.add(path, `a provider that promptgrid has nothing for: ${/^[^:]*(?::[^:]*(?=:))?/.exec(id)?.[0] ?? id}`);
      return null;
    }
    if (found.change !== null) notes.change(path, found.change);
    const settings = await readProviderConfig(config, { path, kind: found.kind, file }, notes);
    return { ...found, settings: { ...settings, section: { ...found.section, ...settings.section } } };
  }

  async #http(id: string, config: JsonObject, path: string): Promise<FoundModel | null> {
    const { notes, file, allowCode, constants } = this.#context;
    const found = readHttpProvider(id, config, constants);
    if (found.kind === 'none') {
      notes.add(path, found.why);
      return null;
    }
    if (found.kind === 'module') {
      const isCode = found.code !== null;
      if (isCode && !allowCode) notes.add(path, CODE_NOTE);
      else if (isCode && !isFunction(functionOf(found.code ?? '', 'json, text'))) notes.add(path, BROKEN_NOTE);
      else return this.#module('http', httpModule(found));
      return null;
    }
    const settings = await readProviderConfig(found.config, { path, kind: 'custom', file }, notes);
    const section = { kind: 'custom', ...settings.section };
    return {
      kind: 'custom',
      name: hostName(settings.section['baseUrl']),
      model: found.model,
      settings: { ...settings, section },
    };
  }

  #own(id: string, config: JsonObject, path: string): FoundModel | null {
    const { notes, file, allowCode, fromModules } = this.#context;
    const target = referencedPath(id, file);
    if (target === null || /\.[cm]?ts$/.test(target)) {
      notes.add(path, 'a provider in TypeScript: compile it, and name the JavaScript');
      return null;
    }
    if (!allowCode) {
      notes.add(path, CODE_NOTE);
      return null;
    }
    const name = /([^/\\]+)\.[^.]*$/.exec(target)?.[1] ?? 'provider';
    return this.#module(name, providerModule(fromModules(target), { id, config }));
  }

  #module(base: string, text: string): FoundModel {
    let name = `${MODULE_FOLDER}/${base}.mjs`;
    for (let count = 2; (this.#modules.get(name) ?? text) !== text; count++)
      name = `${MODULE_FOLDER}/${base}-${count}.mjs`;
    this.#modules.set(name, text);
    const settings = { temperature: null, maxTokens: null, params: {}, section: {}, price: null };
    return { kind: 'module', name: 'module', model: `module:./${name}`, settings };
  }
}

/** Folder of the modules that an import writes. */
export const MODULE_FOLDER = 'modules';
/** Why code is left out. */
export const CODE_NOTE = 'code, which is taken over with --allow-code only';
/** Why code is left out that JavaScript refuses. */
export const BROKEN_NOTE = 'code that is not valid JavaScript';

type FoundModel = Pick<ModelSettings, 'kind' | 'name' | 'model' | 'settings'>;

/** Name of a section for the server at an address. */
function hostName(address: JsonValue | undefined): string {
  return (/^https?:\/\/([^/?#]+)/.exec(columnText(address))?.[1] ?? 'server').replace(/[^\w.-]/g, '-');
}

/** A provider is an id, an object with an id, or an object whose only key is the id. */
function idOf(item: JsonValue): { readonly id: string; readonly options: JsonObject } {
  if (!isJsonObject(item)) return { id: columnText(item), options: {} };
  if (typeof item['id'] === 'string') return { id: item['id'], options: item };
  const [key = '', options = {}] = Object.entries(item)[0] ?? [];
  return { id: key, options: objectOf(options) };
}
