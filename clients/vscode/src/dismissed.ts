// What the user dismissed stays away on its line until something else would be said.

/** Characters that may come in front of what was dismissed, as after a Backspace. */
const MORE = 3;

interface Suggested {
  readonly uri: string;
  readonly line: number;
  readonly text: string;
}

export class Dismissed {
  private last: Suggested | undefined;

  note(suggested: Suggested): void {
    this.last = { ...suggested, text: suggested.text.trim() };
  }

  /** Whether a suggestion says nothing but what was dismissed there, a rest of it or a little more. */
  holds({ uri, line, text }: Suggested): boolean {
    const wanted = text.trim();
    const last = this.last;
    if (last?.uri !== uri || last.line !== line) {
      return false;
    }
    const isLonger = wanted.endsWith(last.text) && wanted.length - last.text.length <= MORE;
    return last.text.endsWith(wanted) || isLonger;
  }
}
