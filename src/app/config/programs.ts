import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sha256 } from '../../core/digest.ts';
import { UsageError } from '../../core/errors.ts';
import { parseProgramRef, programOf } from '../../core/program-ref.ts';
import type { ModelRef } from '../../core/variant.ts';
import { sha256Of } from '../../io/file-digest.ts';
import { askedModels } from './judges.ts';
import type { Origin } from './origins.ts';
import type { GridConfig, ProgramConfig, ScoringConfig } from './run-config.ts';
import type { MergedSettings } from './schema.ts';
import type { Environment } from './variables.ts';

type AskingConfig = Pick<GridConfig & ScoringConfig, 'models' | 'judge'>;

/** Names of the providers that are APIs, each once. */
export function apiNames(models: readonly ModelRef[]): readonly string[] {
  const names = new Set(models.map(({ provider }) => provider));
  return [...names].filter((name) => programOf(name) === null);
}

/**
 * The programs of a run, each once, with digests of their files.
 * @throws UsageError for one that is not there, or that is to be simulated
 */
export async function resolvePrograms(
  asked: AskingConfig,
  settings: MergedSettings,
  env: Environment,
): Promise<readonly ProgramConfig[]> {
  const { simulate = false } = settings;
  const names = new Set(askedModels(asked).map(({ provider }) => provider));
  const programs = [...names].filter((name) => programOf(name) !== null);
  const [first] = programs;
  if (first !== undefined && simulate !== false) {
    throw new UsageError(`--simulate: the built-in gateway does not answer for ${first}`, {
      hint: 'leave it out, or run it without --simulate: it needs no key of promptgrid',
    });
  }
  return Promise.all(programs.map((name) => resolveProgram(name, originOf(name, asked, settings), env)));
}

/** A program that the caller names too is the caller's own. */
function originOf(
  name: string,
  { judge }: AskingConfig,
  { origins, model = [], include = [] }: MergedSettings,
): Origin {
  const isIt = (ref: ModelRef | null): boolean => ref?.provider === name;
  const isText = (text: unknown): boolean => typeof text === 'string' && isIt(parseProgramRef(text));
  const named = [
    ...(model.some((one) => isText(typeof one === 'string' ? one : one.id)) ? [origins['model']] : []),
    ...(include.some((rule) => isText(rule.model)) ? [origins['include']] : []),
    ...(isIt(judge.model) ? [origins['judgeModel']] : []),
    ...(Object.values(judge.named).some(isIt) ? [origins['score']] : []),
  ];
  return named.find((origin) => origin !== 'project') ?? 'project';
}

async function resolveProgram(provider: string, origin: Origin, env: Environment): Promise<ProgramConfig> {
  const program = programOf(provider);
  if (program === null) throw new TypeError(`${provider} is not a program`);
  const { kind, place } = program;
  const words = kind === 'module' ? [place] : place.trim().split(/\s+/);
  const [first = ''] = words;
  if (first === '') {
    throw new UsageError(`${provider} names nothing behind the colon`, {
      hint: 'write it like module:./provider.mjs or exec:./command',
    });
  }
  // Only words that are paths: a command may be a program of the system.
  const files = kind === 'module' ? words : words.filter((word) => existsSync(word));
  const digest = await sha256Of(files).catch((cause: unknown) => {
    throw notThere(provider, cause instanceof Error ? cause.message : String(cause));
  });
  const isMissing = digest === null || (kind === 'exec' && first.includes('/') && !existsSync(first));
  if (isMissing) throw notThere(provider, `there is no file ${first}`);
  return {
    provider,
    kind,
    target: kind === 'module' ? [pathToFileURL(resolve(first)).href] : words,
    folder: resolve('.'),
    digest: kind === 'module' ? digest : sha256(JSON.stringify([words, digest])),
    origin,
    environment: () => env,
  };
}

function notThere(provider: string, why: string): UsageError {
  return new UsageError(`${provider} cannot be used: ${why}`, {
    hint: 'check the path, which is from the working folder',
  });
}
