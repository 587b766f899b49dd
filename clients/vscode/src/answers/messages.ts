// What passes between the extension and a page of answers.

/** One question with its answer, ready to be shown. */
export interface ShownTurn {
  readonly question: string;
  /** What the question is about besides its words: `cart.py:10-20`. */
  readonly about: string;
  readonly html: string;
  readonly busy: boolean;
  /** What the question may be about, where no place stands out. */
  readonly choices: readonly string[];
  readonly problem: string;
}

export type ToPage =
  | { readonly type: 'turns'; readonly turns: readonly ShownTurn[]; readonly about: string }
  | { readonly type: 'last'; readonly turn: ShownTurn }
  | { readonly type: 'about'; readonly about: string }
  | { readonly type: 'focus' };

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'ask'; readonly question: string }
  | { readonly type: 'forgetAbout' }
  | { readonly type: 'cancel' }
  | { readonly type: 'leave' };
