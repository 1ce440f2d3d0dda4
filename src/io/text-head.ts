/**
 * The same text with its beginning changed.
 * @param isEnough true if the pieces so far hold all that is to be changed
 * @param change called once, with those pieces or, if they are never enough, with the whole text
 */
export async function* withHead(
  text: AsyncIterable<string>,
  isEnough: (head: string) => boolean,
  change: (head: string) => string,
): AsyncGenerator<string, void, undefined> {
  let head: string | null = '';
  for await (const piece of text) {
    if (head === null) {
      yield piece;
      continue;
    }
    head += piece;
    if (!isEnough(head)) continue;
    yield change(head);
    head = null;
  }
  if (head !== null) yield change(head);
}
