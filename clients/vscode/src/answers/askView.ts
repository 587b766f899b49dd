// The conversation in the side bar: questions about the repository, answers that fill as they come, follow-ups, history.

import * as vscode from 'vscode';
import { ProgressType, RequestType, type Range } from 'vscode-languageclient/node';
import type { Session } from '../server/session';
import { Conversations, type Conversation, type Turn } from './conversations';
import type { FromPage, ShownTurn } from './messages';
import { AnswerPage, rendered } from './page';
import { placesMarkdown, type FoundPlace } from './places';

interface AskParams {
  readonly question: string;
  readonly uri?: string;
  readonly range?: Range;
  readonly thread: readonly { readonly question: string; readonly answer: string }[];
  readonly partialResultToken: string;
}

interface Found {
  readonly refused?: boolean;
  readonly reason?: string;
  readonly places?: readonly FoundPlace[];
  readonly facets?: readonly string[];
}

const AskRequest = new RequestType<AskParams, Found & { markdown: string }, void>('segue/ask');
const Partial = new ProgressType<Found & { markdown?: string }>();
const REDRAW_MS = 120;
const VIEW = 'segue.ask';

/** A selection that the next question is about. */
interface About {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
}

export class AskView implements vscode.WebviewViewProvider, vscode.Disposable {
  private page: AnswerPage | undefined;
  private readonly conversations: Conversations;
  private current: Conversation = fresh();
  private about: About | undefined;
  private running: vscode.CancellationTokenSource | undefined;
  private wantsFocus = false;
  private count = 0;
  private readonly registration = vscode.window.registerWebviewViewProvider(VIEW, this, {
    webviewOptions: { retainContextWhenHidden: true },
  });

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly session: Session,
  ) {
    this.conversations = new Conversations(context.workspaceState);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.page = new AnswerPage(view.webview, this.context.extensionUri, true, (message) => void this.hear(message));
    view.onDidDispose(() => {
      this.page?.dispose();
      this.page = undefined;
    });
    this.page.setAbout(this.aboutText());
    if (this.wantsFocus) {
      this.page.focus();
    }
    void this.showCurrent();
  }

  /** Open the view with the cursor in its box; the editor may make the view some time after this. */
  async focus(): Promise<void> {
    this.wantsFocus = this.page === undefined;
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    this.page?.focus();
  }

  /** Let the next question be about what is selected. */
  async askAboutSelection(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor) {
      const { document, selection } = editor;
      this.about = { uri: document.uri, range: selection.isEmpty ? document.lineAt(selection.active.line).range : selection };
    }
    await this.focus();
    this.page?.setAbout(this.aboutText());
  }

  async startAnew(): Promise<void> {
    this.running?.cancel();
    this.current = fresh();
    this.about = undefined;
    this.page?.setAbout('');
    await this.showCurrent();
    await this.focus();
  }

  async chooseFromHistory(): Promise<void> {
    const rows = this.conversations.all().map((conversation) => ({
      label: conversation.turns[0]?.question ?? '',
      description: new Date(conversation.at).toLocaleString(),
      conversation,
    }));
    if (!rows.length) {
      void vscode.window.showInformationMessage('Nothing was asked in this workspace yet.');
      return;
    }
    const chosen = await vscode.window.showQuickPick(rows, { placeHolder: 'Questions asked in this workspace' });
    if (chosen) {
      this.running?.cancel();
      this.current = chosen.conversation;
      await this.showCurrent();
      await this.focus();
    }
  }

  async clearHistory(): Promise<void> {
    await this.conversations.clear();
    await this.startAnew();
  }

  private async hear(message: FromPage): Promise<void> {
    if (message.type === 'ask') {
      await this.ask(message.question);
    } else if (message.type === 'cancel') {
      this.running?.cancel();
    } else if (message.type === 'forgetAbout') {
      this.about = undefined;
      this.page?.setAbout('');
    } else if (message.type === 'leave') {
      await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    }
  }

  private async ask(question: string): Promise<void> {
    const client = this.session.running;
    this.running?.cancel();
    const running = (this.running = new vscode.CancellationTokenSource());
    const conversation = this.current;
    const turn: ShownTurn = { question, about: this.aboutText(), html: '', busy: true, choices: [], problem: '' };
    this.page?.show([...(await this.shown(conversation)), turn]);
    const stillHere = (): boolean => this.running === running && this.current === conversation;
    if (!client) {
      this.page?.update({ ...turn, busy: false, problem: 'The Segue server is not running.' });
      return;
    }
    this.count += 1;
    const partialResultToken = `segue-ask-${this.count}`;
    let found = '';
    let written = '';
    let timer: NodeJS.Timeout | undefined;
    const progress = client.onProgress(Partial, partialResultToken, ({ markdown, places }) => {
      found = places ? placesMarkdown(places) : found;
      written += markdown ?? '';
      timer ??= setTimeout(() => {
        timer = undefined;
        void rendered(written || found).then((html) => running.token.isCancellationRequested || !stillHere() || this.page?.update({ ...turn, html }));
      }, REDRAW_MS);
    });
    const convert = client.code2ProtocolConverter;
    const params: AskParams = {
      question,
      thread: conversation.turns.map((one) => ({ question: one.question, answer: one.markdown })),
      partialResultToken,
      ...this.place(convert),
    };
    const about = turn.about;
    this.about = undefined;
    this.page?.setAbout('');
    try {
      const answer = await client.sendRequest(AskRequest, params, running.token);
      clearTimeout(timer);
      const done: Turn = { question, about, markdown: answer.markdown, choices: answer.facets ?? [] };
      const kept: Conversation = { ...conversation, at: Date.now(), turns: [...conversation.turns, done] };
      await this.conversations.keep(kept);
      if (stillHere()) {
        this.current = kept;
        await this.showCurrent();
      }
    } catch (error) {
      clearTimeout(timer);
      const problem = running.token.isCancellationRequested ? 'Stopped.' : error instanceof Error ? error.message : String(error);
      if (stillHere()) {
        this.page?.update({ ...turn, html: await rendered(written || found), busy: false, problem });
      }
    } finally {
      progress.dispose();
      running.dispose();
    }
  }

  /** What tells the server which folder is asked about, and which lines. */
  private place(convert: { asUri(uri: vscode.Uri): string; asRange(range: vscode.Range): Range }): { uri?: string; range?: Range } {
    if (this.about) {
      return { uri: convert.asUri(this.about.uri), range: convert.asRange(this.about.range) };
    }
    const uri = vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
    return uri ? { uri: convert.asUri(uri) } : {};
  }

  private aboutText(): string {
    if (!this.about) {
      return '';
    }
    const { start, end } = this.about.range;
    const lines = start.line === end.line ? `${start.line + 1}` : `${start.line + 1}-${end.line + 1}`;
    return `${vscode.workspace.asRelativePath(this.about.uri)}:${lines}`;
  }

  private async showCurrent(): Promise<void> {
    this.page?.show(await this.shown(this.current));
  }

  private async shown({ turns }: Conversation): Promise<ShownTurn[]> {
    return Promise.all(turns.map(async ({ markdown, ...turn }) => ({ ...turn, html: await rendered(markdown), busy: false, problem: '' })));
  }

  dispose(): void {
    this.running?.cancel();
    this.registration.dispose();
  }
}

function fresh(): Conversation {
  return { id: `${Date.now()}-${Math.random().toString(36).slice(2)}`, at: Date.now(), turns: [] };
}
