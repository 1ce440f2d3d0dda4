import { basename, dirname, extname } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { describeTextFault, readTextFile } from '../../io/text-file.ts';
import type { PromptSpec } from '../../prompts/index.ts';
import type { GivenPrompt } from './model-entries.ts';

/** Prompts of the grid: templates first, then files, each under its own name. */
export async function resolvePrompts(
  templates: readonly GivenPrompt[],
  files: readonly string[],
): Promise<readonly PromptSpec[]> {
  const given = templates.map(
    (template, index): PromptSpec =>
      typeof template === 'string'
        ? { name: `p${index + 1}`, kind: 'text', text: template }
        : { kind: 'text', ...template },
  );
  const read = await Promise.all(files.map(readPromptFile));
  return uniquelyNamed([...given, ...read]);
}

async function readPromptFile(path: string): Promise<PromptSpec> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    const { message, hint } = describeTextFault(cause, path) ?? unreadable(path);
    throw new UsageError(`--prompt-file: ${message}`, { hint, cause });
  });
  if (text.trim() === '') throw new UsageError(`--prompt-file: ${path} is empty`, { hint: 'write a template into it' });
  const ending = extname(path);
  // Editors end a file with a line feed that is not part of the prompt.
  const name = basename(path, ending);
  const own = text.replace(/\n$/, '');
  return ending === '.json'
    ? { name, kind: 'messages', text: own, folder: dirname(path) }
    : { name, kind: 'text', text: own };
}

function unreadable(path: string): { readonly message: string; readonly hint: string } {
  return { message: `${path} cannot be read`, hint: 'check the path' };
}

function uniquelyNamed(specs: readonly PromptSpec[]): readonly PromptSpec[] {
  const taken = new Set<string>();
  return specs.map((spec) => {
    let name = spec.name;
    for (let count = 2; taken.has(name); count++) name = `${spec.name}-${count}`;
    taken.add(name);
    return { ...spec, name };
  });
}
