import type { JsonValue } from '../../core/json.ts';
import { ROUNDING } from '../../core/rounding.ts';
import { functionOf } from './code.ts';
import { HEAD } from './module-texts.ts';

/** An assertion in JavaScript. */
export interface CodeAssertion {
  /** An expression, the body of a function, or the path of a file with one from the module's folder. */
  readonly code: string | { readonly file: string; readonly name: string | null };
  readonly isNegated: boolean;
  /** The least number that passes; null for any above 0. */
  readonly threshold: number | null;
  readonly weight: number;
  /** Code that makes something else of the answer first. */
  readonly transforms: readonly string[];
  /** What the assertion gives its code besides. */
  readonly config: JsonValue;
}

/** The column in which rows name their assertions in code, and the one that says whether they have any. */
export const CODE_COLUMNS = { names: '__code', has: '__has_code' } as const;

/** A scorer module with assertions in JavaScript, each for the rows that name it. @param assertions by their names */
export function assertionsModule(assertions: ReadonlyMap<string, CodeAssertion>): string {
  const imports: string[] = [];
  const entries: string[] = [];
  for (const [name, assertion] of assertions) {
    const { code } = assertion;
    if (typeof code !== 'string') imports.push(`import * as ${name} from ${JSON.stringify(code.file)};\n`);
    entries.push(`  ${name}: ${entryText(name, assertion)},\n`);
  }
  return `${HEAD}${imports.join('')}${RUNTIME}
const ASSERTIONS = {
${entries.join('')}};
`;
}

function entryText(name: string, { code, isNegated, threshold, weight, transforms, config }: CodeAssertion): string {
  const run =
    typeof code === 'string' ? functionOf(code, 'output, context') : `ofFile(${name}, ${JSON.stringify(code.name)})`;
  const made = transforms.map((text) => functionOf(text, 'output, context')).join(', ');
  const settings = `isNegated: ${isNegated}, threshold: ${threshold}, weight: ${weight}`;
  return `{ ${settings}, transforms: [${made}], config: ${JSON.stringify(config)}, run: ${run} }`;
}

const RUNTIME = `
// A row names its assertions in the column "${CODE_COLUMNS.names}". The score is the share of them that hold.
export default async ({ output, row }) => {
  const vars = Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('__')));
  let [held, all, explanation] = [0, 0, null];
  for (const name of String(row.${CODE_COLUMNS.names}).split(' ')) {
    const assertion = ASSERTIONS[name];
    const [holds, why] = await verdictOf(assertion, output, { vars, config: assertion.config });
    all += assertion.weight;
    if (holds) held += assertion.weight;
    else explanation ??= \`\${name} does not hold\${why === '' ? '' : \`: \${why}\`}\`;
  }
  return { value: held / all, explanation };
};

async function verdictOf({ run, transforms, isNegated, threshold }, output, context) {
  try {
    let answer = output;
    for (const transform of transforms) answer = await transform(answer, context);
    const made = await run(answer, context);
    if (typeof made === 'boolean') return [made !== isNegated, ''];
    if (typeof made === 'number') return [isEnough(made, threshold) !== isNegated, String(made)];
    if (typeof made?.pass === 'boolean') return [made.pass !== isNegated, made.reason ?? ''];
    return [false, 'it gave neither a boolean, nor a number, nor an object with "pass"'];
  } catch (error) {
    return [false, error instanceof Error ? error.message : String(error)];
  }
}

// Rounding error does not count as a miss.
function isEnough(score, threshold) {
  return threshold === null ? score > 0 : score >= threshold - Math.abs(threshold) * ${ROUNDING};
}

function ofFile(file, name) {
  const found = name === null ? (file.default?.default ?? file.default) : (file[name] ?? file.default?.[name]);
  return (output, context) => found(output, context);
}
`;
