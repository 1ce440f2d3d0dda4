import { UsageError } from '../../core/errors.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where variables are looked up. */
export interface VariableContext {
  readonly env: Environment;
  /** Those of them that a `.env` file of the project sets; default none. */
  readonly projectVariables?: ReadonlySet<string> | undefined;
}

/** An environment variable whose value a text has. */
export interface UsedVariable {
  readonly name: string;
  readonly value: string;
}

/** A text with the values of its variables. */
export interface Expanded {
  readonly text: string;
  /** Those that it has; empty where it stands as it was given. */
  readonly variables: readonly UsedVariable[];
}

const REFERENCE = /\$\{([^}]*)\}/g;
const NAME = /^[A-Za-z_]\w*$/;

/** True for what an environment variable may be called. */
export function isVariableName(text: string): boolean {
  return NAME.test(text);
}

/**
 * Puts the values of environment variables in place of `${NAME}`. A `$` that has no brace behind it is a plain sign.
 * @param where how errors name the place, which must not show the text
 * @param encode writes a value as the place needs it
 * @throws UsageError for a variable that is not set or empty, or a brace that holds no name
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
