/** A command line to be copied by a person. */
interface ShellLine {
  readonly text: string;
  /** The shells that read it correctly; null for the usual one, whichever it is. */
  readonly shell: string | null;
}

/** Words of a command line, quoted for the shells of a platform. */
export function shellLine(words: readonly string[], platform: NodeJS.Platform): ShellLine {
  if (platform === 'win32') return windowsLine(words);
  return { text: words.map(posixWord).join(' '), shell: null };
}

/** One word, quoted for the shells of a platform. */
export function shellWord(word: string, platform: NodeJS.Platform): string {
  return shellLine([word], platform).text;
}

const POSIX_PLAIN = /^[\w@%+=:,./-]+$/;

function posixWord(word: string): string {
  return POSIX_PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Windows has two shells. Double quotes mean the same to both, except for special characters within them: then the line
 * is written for one shell.
 */
function windowsLine(words: readonly string[]): ShellLine {
  const text = words.map(doubleQuoted).join(' ');
  const isForCmd = readsAsMeant(text);
  if (isForCmd && !words.some((word) => POWERSHELL_MEANS.test(word))) return { text, shell: null };
  const hasQuotes = words.some((word) => word.includes('"'));
  if (isForCmd && hasQuotes) return { text, shell: 'cmd.exe' };
  // Before 7.3 PowerShell lost double quotes within an argument.
  return { text: words.map(powershellWord).join(' '), shell: hasQuotes ? 'PowerShell 7.3' : 'PowerShell' };
}

/** Neither a list (`a,b`) nor a variable in PowerShell, nor a separator in cmd.exe. */
const WINDOWS_PLAIN = /^[\w\\/:+=.-]+$/;
/** PowerShell splits such a word in two: `-t0.7`. */
const CUT = /^-[^=]*[.:]/;
/** Ends or changes a double-quoted text in PowerShell, which also accepts typographic quotes. */
const POWERSHELL_MEANS = /["“”„$`]/;
/** cmd.exe replaces the text between two of these with a variable, quoted or not, and stops at a line end. */
const CMD_MEANS = /%[^%]*%|[\r\n]/;
/** Characters that cmd.exe interprets outside of double quotes. */
const CMD_SIGNS = /[&|<>^()]/;

/** True if cmd.exe interprets nothing in a line; for it every double quote, escaped or not, toggles quoting. */
function readsAsMeant(line: string): boolean {
  const outside = line.split('"').filter((_, index) => index % 2 === 0);
  return !CMD_MEANS.test(line) && !outside.some((text) => CMD_SIGNS.test(text));
}

function isPlain(word: string): boolean {
  return WINDOWS_PLAIN.test(word) && !CUT.test(word);
}

/** As Windows programs split their words: a backslash before a double quote is doubled. */
function doubleQuoted(word: string): string {
  if (isPlain(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

function powershellWord(word: string): string {
  return isPlain(word) ? word : `'${word.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
}
