import { type Command, defineCommand } from './command.ts';
import { type CommandContext, give } from './context.ts';

/** `promptgrid init` */
export function initCommand(context: CommandContext): Command {
  return defineCommand(
    { usage: 'init', group: 'Set up', summary: 'write a project here that runs without a key: settings and a dataset' },
    async (flags) => {
      const { writeSampleProject } = await import('../app/init.ts');
      const language = isRussian(context) ? 'ru' : 'en';
      const files = await writeSampleProject(context.folder, language);
      const width = Math.max(...files.map(({ name }) => name.length));
      const text = [...files.map(({ name, purpose }) => `${name.padEnd(width)}  ${purpose}`), '', ...NEXT[language]];
      give(context, flags, { document: { files: files.map(({ name }) => name) }, text: text.join('\n') });
    },
  );
}

/** From the POSIX variables in their order; Windows has none of them, but a language setting of its own. */
function isRussian({ env }: CommandContext): boolean {
  const named = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /^ru\b|^ru_/i.test(named ?? Intl.DateTimeFormat().resolvedOptions().locale);
}

const NEXT = {
  en: [
    'next, without a key: npx promptgrid run',
    'for answers of the models: write GPTUNNEL_API_KEY=<your key> into .env',
    '  and remove the line "simulate" from promptgrid.yaml',
  ],
  ru: [
    'дальше, без ключа: npx promptgrid run',
    'чтобы отвечали модели: запишите GPTUNNEL_API_KEY=<ваш ключ> в .env',
    '  и удалите строку simulate из promptgrid.yaml',
  ],
} as const;
