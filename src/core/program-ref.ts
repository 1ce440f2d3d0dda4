/** Programs of the user that answer in place of an API: a module of JavaScript, or a command. */
export const PROGRAM_KINDS = ['module', 'exec'] as const;

/** One of PROGRAM_KINDS. */
export type ProgramKind = (typeof PROGRAM_KINDS)[number];

/** A program, as its provider's name in the run says. */
interface ProgramName {
  readonly kind: ProgramKind;
  /** Path of the module, or the command with its words. */
  readonly place: string;
}

/** A model of a program; a `ModelRef`. */
interface ProgramRef {
  readonly provider: string;
  readonly model: string;
}

const PROGRAM = /^(module|exec):(.*)$/s;
/** Model names have no white space and no slash, so that paths and words with a `#` stay whole. */
const MODEL = /^(.*?)#([^#\s/]+)$/s;

/** The program that a provider's name stands for; null for an API. */
export function programOf(provider: string): ProgramName | null {
  const [, kind, place = ''] = PROGRAM.exec(provider) ?? [];
  return kind === 'module' || kind === 'exec' ? { kind, place } : null;
}

/**
 * Reads `module:<path>` or `exec:<command>`, each with a `#<name>` behind it or not; null for another text. The
 * provider is the program, and its model the place and the name, so that results tell two programs apart.
 */
export function parseProgramRef(text: string): ProgramRef | null {
  const program = programOf(text);
  if (program === null) return null;
  const [, place = program.place] = MODEL.exec(program.place) ?? [];
  return { provider: `${program.kind}:${place}`, model: program.place };
}

/** A provider's name beside that of a model, which has the place of a program: `module` for `module:./provider.mjs`. */
export function providerLabel(provider: string): string {
  return programOf(provider)?.kind ?? provider;
}

/** The name that a program is asked by: the one behind `#`, else its place. */
export function programModel(model: string): string {
  return MODEL.exec(model)?.[2] ?? model;
}
