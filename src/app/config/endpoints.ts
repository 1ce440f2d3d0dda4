import { isCredentialName, isCredentialValue } from '../../core/credential.ts';
import { UsageError } from '../../core/errors.ts';
import { flagName } from '../../core/option-spec.ts';
import { parseProgramRef, programOf } from '../../core/program-ref.ts';
import { formatModelRef, type ModelRef } from '../../core/variant.ts';
import { didYouMean } from '../../io/nearest.ts';
import { AUTH_SCHEMES, keyHeader, type ProviderDefinition, type ProviderTraits } from '../../providers/definition.ts';
import { findProvider, providers, traitsOf } from '../../providers/index.ts';
import { destinationsOf } from './destinations.ts';
import { accountWordOf, certificatesOf, readTrust, tokenAddressOf, tokenDestinations } from './endpoint-access.ts';
import { isLoopback } from './loopback.ts';
import type { Origin } from './origins.ts';
import { proxyOf } from './proxies.ts';
import { haveCredential, parseHeaders, partOf } from './request-parts.ts';
import { type EndpointConfig, Secret } from './run-config.ts';
import type { FileSettings, MergedSettings, ProviderOverrides } from './schema.ts';
import { type Environment, type Expanded, expandVariables, isVariableName, type VariableContext } from './variables.ts';

const DEFAULT_PROVIDER = 'gptunnel';

/** A provider of the registry under its name in the run. */
export interface NamedProvider {
  /** Of a section of promptgrid.yaml, or of the registry. */
  readonly name: string;
  readonly definition: ProviderDefinition;
}

/** Where providers get their names from. */
type Naming = Pick<FileSettings, 'providers'>;

/** @throws UsageError that names the nearest provider */
export function requireProvider(kind: string): ProviderDefinition {
  const found = findProvider(kind);
  if (found !== undefined) return found;
  throw unknownProvider(kind, {});
}

/** The provider with that name; null if neither the settings nor the registry have one. */
function findNamed(name: string, { providers: sections = {} }: Naming): NamedProvider | null {
  const section = Object.hasOwn(sections, name) ? sections[name] : undefined;
  const definition = findProvider(section?.kind ?? name);
  return definition === undefined ? null : { name, definition };
}

/** @throws UsageError that names the nearest provider */
export function requireNamed(name: string, naming: Naming): NamedProvider {
  const found = findNamed(name, naming);
  if (found !== null) return found;
  throw unknownProvider(name, naming);
}

/** What accounts of the provider with that name have, of an API or a program. @throws as `requireNamed` */
export function traitsOfNamed(name: string, naming: Naming): ProviderTraits {
  const program = programOf(name);
  return program === null ? requireNamed(name, naming).definition : traitsOf(program.kind);
}

function providerNames({ providers: sections = {} }: Naming): readonly string[] {
  return [...new Set([...providers.map((provider) => provider.name), ...Object.keys(sections)])];
}

function unknownProvider(name: string, naming: Naming): UsageError {
  const known = providerNames(naming);
  return new UsageError(`unknown provider "${name}"`, {
    hint: `use one of: ${known.join(', ')}${didYouMean(name, known)}`,
  });
}

/** The provider of models given by plain id. */
export function defaultProvider(settings: FileSettings): NamedProvider {
  return requireNamed(settings.provider ?? DEFAULT_PROVIDER, settings);
}

/**
 * Reads `provider/model`, `module:<path>`, `exec:<command>` or a plain model id. If the default provider's own ids contain slashes, only its own name
 * counts as a prefix, and the names that the settings give.
 * @throws UsageError that names the nearest provider
 */
export function parseModelRef(text: string, settings: FileSettings): ModelRef {
  const program = parseProgramRef(text);
  if (program !== null) return program;
  const fallback = defaultProvider(settings);
  const at = text.indexOf('/');
  if (at === -1) return { provider: fallback.name, model: text };
  const [prefix, rest] = [text.slice(0, at), text.slice(at + 1)];
  const { modelIdsHaveSlashes: hasSlashes } = fallback.definition;
  const isNamedHere = prefix === fallback.name || Object.hasOwn(settings.providers ?? {}, prefix);
  const isPrefix = hasSlashes ? isNamedHere : findNamed(prefix, settings) !== null;
  if (isPrefix && rest !== '') return { provider: prefix, model: rest };
  if (hasSlashes) return { provider: fallback.name, model: text };
  if (isPrefix) throw new UsageError(`the model "${text}" has no id`, { hint: 'write it as provider/model' });
  const known = providerNames(settings);
  throw new UsageError(`unknown provider "${prefix}" in the model "${text}"`, {
    hint: `an id with a slash of its own is custom/${text}; providers: ${known.join(', ')}${didYouMean(prefix, known)}`,
  });
}

/**
 * How the provider is reached: flags apply to the default provider, the file's `providers` to each provider by name.
 */
export function resolveEndpoint(
  { name, definition }: NamedProvider,
  settings: MergedSettings,
  context: VariableContext,
): EndpointConfig {
  const { env, projectVariables } = context;
  const own = ownSettings(name, settings);
  const baseUrl = own.baseUrl ?? definition.baseUrl;
  if (baseUrl === null) {
    throw new UsageError(`the provider ${name} has no address of its own`, {
      hint: `give --base-url, such as --base-url ${definition.addressExample}`,
    });
  }
  const { url, addressVariables, ...address } = parseBaseUrl(baseUrl, env, placeOf('baseUrl', name, settings));
  const headers = parseHeaders(own.headers ?? [], { env, where: placeOf('headers', name, settings) });
  // With a queue, workers have the keys.
  const isOpen = isLoopback(url.hostname) || !definition.needsKey || settings.queue !== undefined;
  const mayLackKey = isOpen || haveCredential(headers) || haveCredential(address.query);
  const key = {
    variable: own.apiKeyEnv ?? definition.keyVariable,
    where: placeOf('apiKeyEnv', name, settings),
    provider: name,
    mayBeMissing: mayLackKey,
    onMissing: context.onMissingKey,
  };
  const apiKey = headers.some((header) => KEY_HEADERS.has(header.name)) ? null : resolveKey(key, env);
  const proxy = proxyOf(url, env, projectVariables);
  const trust =
    own.caFile === undefined ? null : readTrust(own.caFile, originOf('caFile', name, settings) ?? 'project');
  const keyVariable = apiKey === null ? null : key.variable;
  const destinations = destinationsOf({
    url,
    given: splitQuery(baseUrl)[0],
    addressVariables,
    ownAddress: definition.baseUrl,
    proxy,
    origin: originOf('baseUrl', name, settings),
    keyVariable,
    parts: [...headers, ...address.query],
    trust,
  });
  const tokens = apiKey === null ? null : tokenAddressOf(name, definition, own, context);
  const ofTokens = { keyVariable, trust, origin: originOf('authUrl', name, settings) };
  return {
    provider: name,
    kind: definition.name,
    ...address,
    headers,
    auth: own.auth ?? definition.auth,
    apiKey,
    proxy,
    certificates: certificatesOf(trust, context),
    account: accountWordOf(name, definition, own, env),
    tokens,
    destinations: [...destinations, ...tokenDestinations(tokens, definition, ofTokens)],
  };
}

/** The settings of a provider, from flags and the file. */
export function ownSettings(name: string, settings: FileSettings): ProviderOverrides {
  const isDefault = name === defaultProvider(settings).name;
  return { ...settings.providers?.[name], ...(isDefault ? flagOverrides(settings) : {}) };
}

/** Who set a setting of a provider; null for the provider's default. */
function originOf(
  key: 'baseUrl' | 'caFile' | 'authUrl',
  name: string,
  { origins, ...settings }: MergedSettings,
): Origin | null {
  const isDefault = name === defaultProvider(settings).name;
  if (isDefault && key !== 'authUrl' && settings[key] !== undefined) return origins[key] ?? 'project';
  return settings.providers?.[name]?.[key] === undefined ? null : (origins['providers'] ?? 'project');
}

const FLAGS = { baseUrl: '--base-url', apiKeyEnv: '--api-key-env', headers: '--header' } as const;

/** Where a setting of a provider was given, for errors: the flag, or the key of the provider's own section. */
function placeOf(key: keyof typeof FLAGS, name: string, settings: FileSettings): string {
  const isFlag = name === defaultProvider(settings).name && flagOverrides(settings)[key] !== undefined;
  return isFlag || settings.providers?.[name]?.[key] === undefined ? FLAGS[key] : `providers.${name}.${key}`;
}

/** Headers that carry a key in place of ours: with both, an API would not know which to use. */
const KEY_HEADERS: ReadonlySet<string> = new Set(AUTH_SCHEMES.map((scheme) => keyHeader(scheme, '')[0]));

function flagOverrides({ baseUrl, apiKeyEnv, auth, header, caFile }: FileSettings): ProviderOverrides {
  return {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
    ...(auth === undefined ? {} : { auth }),
    ...(header === undefined ? {} : { headers: [...header] }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

/** Warnings about settings for a provider whose models the run does not use, one line each. */
export function endpointWarnings(settings: FileSettings, models: readonly ModelRef[]): readonly string[] {
  const { name } = defaultProvider(settings);
  if (models.some(({ provider }) => provider === name)) return [];
  return Object.keys(flagOverrides(settings)).map((option) => {
    const flag = option === 'headers' ? 'header' : flagName(option);
    return `--${flag} counts for ${name}, of which the run uses no model`;
  });
}

interface Address extends Pick<EndpointConfig, 'baseUrl' | 'search' | 'query'> {
  readonly url: URL;
  /** Environment variables in the address up to its query. */
  readonly addressVariables: readonly string[];
}

/** The address without its query is shown in files and messages, so the rest of it must not hold a secret. */
function parseBaseUrl(text: string, env: Environment, where: string): Address {
  const [head, givenQuery] = splitQuery(text);
  const { text: whole, variables } = expandVariables(head, env, where);
  const secret = variables.find(({ name }) => isCredentialName(name))?.name;
  if (secret !== undefined) {
    throw new UsageError(`${where}: the value of ${secret} would be shown, as the address is in files and messages`, {
      hint: `put \${${secret}} behind the ? of the address, or into a --header`,
    });
  }
  const [baseUrl, expandedQuery] = splitQuery(whole);
  const pairs = [
    ...pairsOf(expandedQuery).map((pair) => ({ text: pair, variables })),
    ...pairsOf(givenQuery).map((pair) => expandPair(pair, env, where)),
  ];
  const search = pairs.map((pair) => pair.text).join('&');
  const url = parseAddress(search === '' ? baseUrl : `${baseUrl}?${search}`, where);
  const query = [...url.searchParams].map(([name, value], index) => {
    return partOf(name, value, pairs[index]?.variables ?? variables);
  });
  const addressVariables = variables.map(({ name }) => name);
  return { url, addressVariables, baseUrl, search: new Secret(url.search), query };
}

function splitQuery(address: string): readonly [path: string, query: string] {
  const at = address.indexOf('?');
  return at === -1 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)];
}

function pairsOf(query: string): readonly string[] {
  return query.split('&').filter((pair) => pair !== '');
}

/** A variable holds the raw value, not its URL encoding. */
function expandPair(pair: string, env: Environment, where: string): Expanded {
  return expandVariables(pair, env, where, encodeURIComponent);
}

/** Shows only the host of the text: the parts before and after may be secret. */
function parseAddress(text: string, where: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const shown = splitQuery(text)[0].replace(/[^/]*@/, '');
    throw new UsageError(`${where}: "${shown}" is not an http address`, {
      hint: 'give it up to and with /v1, such as https://example.org/v1',
    });
  }
  if (url.username + url.password + url.hash === '') return url;
  throw new UsageError(`${where}: the address at ${url.host} has a user name, a password or a #`, {
    hint: 'leave it out; a key belongs in an environment variable (--api-key-env, or ${NAME} in a --header)',
  });
}

interface KeyPlace {
  readonly variable: string;
  /** Where it was given, for errors. */
  readonly where: string;
  readonly provider: string;
  /** True for a server on this machine (a local gateway, vLLM, Ollama), or if another credential is sent. */
  readonly mayBeMissing: boolean;
  readonly onMissing: VariableContext['onMissingKey'];
}

/** Characters that an HTTP header can carry; a copied key may hold a Cyrillic look-alike or an invisible character. */
const KEY = /^[\x20-\x7e]*$/;

function resolveKey({ variable, where, provider, mayBeMissing, onMissing }: KeyPlace, env: Environment): Secret | null {
  // A text that does not look like a name may be the key itself.
  if (!isVariableName(variable) || isCredentialValue(variable)) {
    throw new UsageError(`${where} takes the name of an environment variable, not the key itself`, {
      hint: 'put the key into a variable or a .env file, and give its name, such as MY_KEY',
    });
  }
  const key = env[variable]?.trim() ?? '';
  if (!KEY.test(key)) {
    throw new UsageError(`the key in ${variable} has a character that no key has`, {
      hint: 'copy it again: Latin letters, digits and signs on one line',
    });
  }
  if (key !== '') return new Secret(key);
  if (mayBeMissing) return null;
  const what = `no key for ${provider}: the environment variable ${variable} is not set`;
  if (onMissing !== undefined) {
    onMissing(what);
    return null;
  }
  throw new UsageError(what, {
    hint: `write ${variable}=<your key> into a .env file here, or export it; --api-key-env names another variable; try without a key: --simulate`,
  });
}

/** @throws UsageError for a temperature outside the range of a model's provider */
export function checkTemperatures(
  models: readonly ModelRef[],
  temperatures: readonly (number | null)[],
  naming: Naming,
): void {
  for (const ref of models) {
    if (programOf(ref.provider) !== null) continue;
    const { min, max } = requireNamed(ref.provider, naming).definition.temperature;
    const outside = temperatures.find((value) => value !== null && (value < min || value > max));
    if (outside === undefined) continue;
    throw new UsageError(
      `--temperature ${outside} is outside of what ${ref.provider} takes for ${formatModelRef(ref)}`,
      {
        hint: `give a temperature from ${min} to ${max}`,
      },
    );
  }
}
