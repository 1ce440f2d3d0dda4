import type { TrustEvents } from '../app/trust/admitted-endpoint.ts';
import { oneLine } from '../core/plain-text.ts';
import { askYesNo, canAsk } from './ask.ts';
import { type CommandContext, type CommonFlags, say } from './context.ts';

type Destination = Parameters<NonNullable<TrustEvents['onDestination']>>[0];

/** What a command that sends keys reports about their destinations, and asks about them if a person can answer. */
export function trustEvents(context: CommandContext, flags: CommonFlags): TrustEvents {
  // A dataset on standard input leaves no way to answer.
  const isAskable = canAsk(context) && !context.words.includes('-');
  return {
    ...(isAskable
      ? {
          consent: (destination) => askConsent(context, destination),
          consentToRun: ({ provider }) => askToRun(context, provider),
        }
      : {}),
    onDestination: (destination) => say(context, flags, describe(destination)),
    onWarning: (text) => say(context, flags, `warning: ${oneLine(text)}`),
  };
}

function askConsent(context: CommandContext, { shown, variables }: Destination): Promise<boolean> {
  const what = `a file of this project sends ${variables.join(', ')} to ${shown}, which is not one of the provider's own addresses`;
  return askYesNo(context, `${oneLine(what)}\nsend it there, now and later?`);
}

function askToRun(context: CommandContext, program: string): Promise<boolean> {
  const what = `a file of this project names code to run: ${program}, which can do what you can`;
  return askYesNo(context, `${oneLine(what)}\nrun it, now and later?`);
}

/** `key: OPENAI_API_KEY goes to https://example.org/v1 (named by a file of this project)` */
function describe({ shown, origin, variables, written }: Destination): string {
  const what = [...variables, ...written.map((name) => `the ${name} of the settings`)].join(', ');
  return oneLine(`key: ${what} goes to ${shown} (${origin === null ? "the provider's own address" : NAMED[origin]})`);
}

const NAMED: Readonly<Record<NonNullable<Destination['origin']>, string>> = {
  caller: 'named on the command line',
  environment: 'named by the environment',
  project: 'named by a file of this project',
};
