// Follows one shown suggestion through the changes of its document, to tell what became of it.

export interface ContentChange {
  readonly rangeOffset: number;
  readonly rangeLength: number;
  readonly text: string;
}

export type Outcome =
  | { readonly kind: 'alive' }
  | { readonly kind: 'partly'; readonly acceptedLength: number }
  | { readonly kind: 'used' }
  | { readonly kind: 'rejected'; readonly reason: string };

const ALIVE: Outcome = { kind: 'alive' };

export class ShownItem {
  private consumed = 0;

  constructor(
    readonly id: string,
    readonly uri: string,
    readonly offset: number,
    readonly text: string,
  ) {}

  get length(): number {
    return this.text.length;
  }

  /** Where the cursor stands while the suggestion is still what follows it. */
  get cursor(): number {
    return this.offset + this.consumed;
  }

  /**
   * Tell what `changes` mean for the suggestion. Typing it through keeps it alive; several characters of it in one
   * change are a partial acceptance (the editor inserts a word or a line at once); all of it is an acceptance, which
   * the editor reports itself by running the item's command. `present` is what the document holds now where the
   * suggestion began, in its length: the editor leaves characters that stood there already out of its changes.
   */
  change(changes: readonly ContentChange[], present: string): Outcome {
    if (changes.length && present === this.text) {
      return { kind: 'used' };
    }
    const [only] = changes;
    if (!only || changes.length > 1) {
      return changes.length ? { kind: 'rejected', reason: 'typed' } : ALIVE;
    }
    const fits = only.rangeOffset === this.cursor && this.text.startsWith(only.text, this.consumed);
    if (!fits || only.text === '') {
      return { kind: 'rejected', reason: only.text === '' ? 'deleted' : 'typed' };
    }
    this.consumed += only.text.length;
    return only.text.length > 1 ? { kind: 'partly', acceptedLength: this.consumed } : ALIVE;
  }
}
