/** A command line as a person copies it. */
interface ShellLine {
  readonly text: string;
  /** The shells that read it as it is meant; null if that is the usual one, whichever it is. */
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
 * Windows has two shells. Double quotes mean the same to both, but for what each of them takes for more than text within
 * them: then the line is written for one.
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

/** Neither a list (`a,b`) nor a variable to PowerShell, nor a separator to cmd.exe. */
const WINDOWS_PLAIN = /^[\w\\/:+=.-]+$/;
/** PowerShell cuts such a word in two: `-t0.7`. */
const CUT = /^-[^=]*[.:]/;
/** Ends or changes a text in double quotes in PowerShell, to which typographic quotes are quotes, too. */
const POWERSHELL_MEANS = /["“”„$`]/;
/** cmd.exe puts a variable in the place of what stands between two of these, quoted or not, and ends at a line's end. */
const CMD_MEANS = /%[^%]*%|[\r\n]/;
/** What cmd.exe obeys outside of double quotes. */
const CMD_SIGNS = /[&|<>^()]/;

/** True where cmd.exe obeys nothing of a line; to it every double quote, escaped or not, ends or begins what is quoted. */
function readsAsMeant(line: string): boolean {
  const outside = line.split('"').filter((_, index) => index % 2 === 0);
  return !CMD_MEANS.test(line) && !outside.some((text) => CMD_SIGNS.test(text));
}

function isPlain(word: string): boolean {
  return WINDOWS_PLAIN.test(word) && !CUT.test(word);
}

/** As programs of Windows take their words apart: a backslash is doubled where a double quote follows. */
function doubleQuoted(word: string): string {
  if (isPlain(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

function powershellWord(word: string): string {
  return isPlain(word) ? word : `'${word.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
}
