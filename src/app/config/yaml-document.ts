import {
  type Document,
  type DocumentOptions,
  isScalar,
  LineCounter,
  type Node,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
  visit,
} from 'yaml';
import { ConfigError } from '../../core/errors.ts';

/** A YAML document and its value. */
interface ReadDocument {
  readonly document: Document;
  /** Of plain objects, lists and scalars; null if the document is empty. */
  readonly value: unknown;
  /** Line of an offset in the text, from 1. */
  readonly lineAt: (offset: number) => number;
}

/**
 * Reads a YAML or JSON text. @param path the name used in errors @param options of the package
 * @throws ConfigError with file and line
 */
export function readYamlDocument(
  text: string,
  path: string,
  options: ParseOptions & DocumentOptions & SchemaOptions,
): ReadDocument {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const [said = 'no valid YAML'] = error.message.split('\n');
    const what = said.includes('call stack') ? 'the value is nested too deeply' : said;
    throw new ConfigError(`${path}:${lineAt(error.pos[0])}: ${what}`, {
      hint: 'mend the YAML at that line',
      cause: error,
    });
  }
  const fail = ({ node, what, hint, cause }: Fault): never => {
    const offset = node?.range?.[0];
    throw new ConfigError(`${path}${offset === undefined ? '' : `:${lineAt(offset)}`}: ${what}`, { hint, cause });
  };
  const taken = takenName(document);
  if (taken !== null) fail(taken);
  return { document, value: valueOf(document, fail), lineAt };
}

/** What is wrong with a document, and where. */
interface Fault {
  readonly node: Node | null;
  readonly what: string;
  readonly hint: string;
  readonly cause?: unknown;
}

/** Objects have a property of this name already: a value under it would be lost. */
const TAKEN_NAME = '__proto__';

function takenName(document: Document): Fault | null {
  let fault: Fault | null = null;
  visit(document, {
    Pair(_place, { key }) {
      if (!isScalar(key) || key.value !== TAKEN_NAME) return undefined;
      fault = { node: key, what: `a key cannot be called ${TAKEN_NAME}`, hint: 'give it another name' };
      return visit.BREAK;
    },
  });
  return fault;
}

/** The package refuses aliases that unfold to very many values. */
function valueOf(document: Document, fail: (fault: Fault) => never): unknown {
  try {
    return document.toJS() ?? null;
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    let first: Node | null = null;
    visit(document, {
      Alias(_place, alias) {
        first = alias;
        return visit.BREAK;
      },
    });
    return fail({
      node: first,
      what: 'its aliases repeat too many values',
      hint: 'write out what they stand for',
      cause,
    });
  }
}
