import { UsageError } from '../../core/errors.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where variables are looked up. */
export interface VariableContext {
  readonly env: Environment;
  /** Variables that a `.env` file of the project sets; default none. */
  readonly projectVariables?: ReadonlySet<string> | undefined;
  /** Takes the message about a missing API key in place of an error, for a command that calls nothing. */
  readonly onMissingKey?: ((text: string) => void) | undefined;
}

/** An environment variable used in a text. */
export interface UsedVariable {
  readonly name: string;
  readonly value: string;
}

/** A text with its variables replaced. */
export interface Expanded {
  readonly text: string;
  /** The variables in the text; empty if it has none. */
  readonly variables: readonly UsedVariable[];
}

const REFERENCE = /\$\{([^}]*)\}/g;
const NAME = /^[A-Za-z_]\w*$/;

/** True for a valid environment variable name. */
export function isVariableName(text: string): boolean {
  return NAME.test(text);
}

/**
 * Replaces `${NAME}` with the values of environment variables. A `$` without a brace after it is literal.
 * @param where how errors name the place, which must not show the text
 * @param encode encodes a value for its place
 * @throws UsageError for a variable that is unset or empty, or a brace without a valid name
 */
export function expandVariables(
  text: string,
  env: Environment,
  where: string,
  encode: (value: string) => string = asItIs,
): Expanded {
  const variables: UsedVariable[] = [];
  const expanded = text.replace(REFERENCE, (_reference, name: string) => {
    if (!isVariableName(name)) {
      throw new UsageError(`${where}: "\${${name}}" does not name an environment variable`, {
        hint: 'write it like ${MY_KEY}: letters, digits and _',
      });
    }
    const value = env[name]?.trim() ?? '';
    if (value === '') {
      throw new UsageError(`${where}: the environment variable ${name} is not set`, {
        hint: `write ${name}=… into a .env file here, or export it`,
      });
    }
    variables.push({ name, value });
    return encode(value);
  });
  return { text: expanded, variables };
}

function asItIs(value: string): string {
  return value;
}
