// The conversations of a workspace, newest first: kept by the editor on this machine, in this workspace's own store.

export interface Turn {
  readonly question: string;
  readonly about: string;
  readonly markdown: string;
  readonly choices: readonly string[];
}

export interface Conversation {
  readonly id: string;
  /** When it was last added to, in milliseconds since 1970. */
  readonly at: number;
  readonly turns: readonly Turn[];
}

/** Where they are kept: `vscode.Memento` is one. */
export interface Store {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const KEY = 'segue.conversations';
const MOST = 50;

export class Conversations {
  constructor(private readonly store: Store) {}

  all(): readonly Conversation[] {
    return (this.store.get(KEY) as readonly Conversation[] | undefined) ?? [];
  }

  /** Keep a conversation in the state it has now; the oldest beyond fifty are forgotten. */
  async keep(conversation: Conversation): Promise<void> {
    const others = this.all().filter(({ id }) => id !== conversation.id);
    await this.store.update(KEY, [conversation, ...others].slice(0, MOST));
  }

  async clear(): Promise<void> {
    await this.store.update(KEY, undefined);
  }
}
