/** What a program may write for people in one run, in lines. */
const MOST_LINES = 20;

/**
 * Shows the lines that a program writes for people, up to a number: a line for each of a million answers would help
 * nobody.
 * @param name of the program, before each line
 * @param show a line as it is to be shown
 */
export function shownLines(name: string, show: (text: string) => void): (line: string) => void {
  let count = 0;
  return (line) => {
    count += 1;
    if (count <= MOST_LINES) show(`${name}: ${line}`);
    if (count === MOST_LINES + 1) show(`${name}: writes more lines, which are not shown`);
  };
}
