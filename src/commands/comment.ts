import type { CommentOutcome } from '../app/comment/index.ts';
import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give } from './context.ts';

const ARGUMENTS = {
  file: { kind: 'path', describe: 'markdown, such as compare --report comment=FILE writes' },
} as const satisfies ValueTable;

const OPTIONS = {
  to: {
    kind: 'choice',
    group: 'Flags',
    choices: ['github', 'gitlab'],
    placeholder: '<forge>',
    describe: 'github or gitlab',
    defaultText: 'where the job runs',
  },
  name: {
    kind: 'string',
    group: 'Flags',
    placeholder: '<name>',
    example: 'support',
    describe: 'tells several comments of one change apart',
    defaultText: 'compare',
  },
  link: {
    kind: 'string',
    group: 'Flags',
    placeholder: '<url>',
    describe: 'address of the artefacts',
    defaultText: "the job's",
  },
  tokenEnv: {
    kind: 'string',
    group: 'Flags',
    placeholder: '<NAME>',
    describe: 'variable with the token',
    defaultText: 'GITHUB_TOKEN, GITLAB_TOKEN',
  },
  dryRun: { kind: 'boolean', group: 'Flags', describe: 'print the comment, anywhere, without posting it' },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof OPTIONS>;

/** `promptgrid comment <file>` */
export function commentCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'comment <file>',
      group: 'Results',
      summary: 'in a CI job, post a report as one comment on the change',
      arguments: ARGUMENTS,
      options: OPTIONS,
      interrupted: 'the comment may be posted; give the command again to update it, or post it',
      examples: ['comment report/comment.md', 'comment report/comment.md --name support --token-env BOT_TOKEN'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { postComment, previewComment } = await import('../app/comment/index.ts');
  const { file = '', to = null, name = 'compare', link = null, tokenEnv = null, dryRun } = flags;
  const { env, projectVariables, control, clock } = context;
  if (dryRun === true) {
    const body = await previewComment({ file, to, name, link }, env);
    return give(context, flags, { document: { outcome: 'dry run', body }, text: body.trimEnd(), keepsLines: true });
  }
  const surroundings = { env, projectVariables, clock, signal: control.draining };
  const outcome = await control.stoppable(() => postComment({ file, to, name, link, tokenEnv }, surroundings));
  give(context, flags, { document: outcome, text: context.mask(oneLine(textOf(outcome))) });
}

function textOf({ outcome, url, why }: CommentOutcome): string {
  return why === null ? `comment ${outcome}${url === null ? '' : `: ${url}`}` : `no comment: ${why}`;
}
