// What Tab means around a next edit, without an editor.

/** How long a Tab is held back for the answer that follows an accepted edit. */
export const HOLD_MS = 400;

/** Runs what Tab began one after the other: a Tab that comes before that is done does nothing, and never indents. */
export class TabKey {
  private work: symbol | undefined;

  constructor(private readonly changed: () => void) {}

  get isBusy(): boolean {
    return this.work !== undefined;
  }

  /** Run `action` unless an earlier one still runs; `follow` comes after it and holds Tab for `HOLD_MS` at most. */
  async press(action: () => Promise<boolean>, follow: () => Promise<void>): Promise<void> {
    if (this.work) {
      return;
    }
    const mine = (this.work = Symbol('tab'));
    let timer: NodeJS.Timeout | undefined;
    try {
      if (await action()) {
        const longest = new Promise<void>((resolve) => (timer = setTimeout(resolve, HOLD_MS)));
        await Promise.race([follow(), longest]);
      }
    } finally {
      clearTimeout(timer);
      this.release(mine);
    }
  }

  /** The user typed or moved the cursor: Tab means again what it always means there. */
  release(work = this.work): void {
    if (work && work === this.work) {
      this.work = undefined;
      this.changed();
    }
  }

  /**
   * Whether Tab belongs to the edit that is shown. In front of a line's text Tab indents, but never where the edit itself
   * is on the screen.
   */
  isOurs(isHere: boolean, textBefore: string): boolean {
    return this.isBusy || isHere || /\S/.test(textBefore);
  }
}
