// Explaining, commenting, and commit messages: the requests of docs/assist.md, and where their answers go.

import * as vscode from 'vscode';
import { ProgressType, RequestType, type LanguageClient, type WorkspaceEdit } from 'vscode-languageclient/node';
import { GitInput } from './git';
import type { Session } from './server/session';

interface Target {
  readonly textDocument?: { readonly uri: string; readonly version?: number };
  readonly range?: unknown;
  readonly position?: unknown;
  readonly [other: string]: unknown;
}

const ExplainRequest = new RequestType<Target, { markdown: string; title: string }, void>('segue/explain');
const CommentRequest = new RequestType<Target, { edit: WorkspaceEdit; notes: readonly string[] }, void>('segue/comment');
const CommitRequest = new RequestType<{ uri?: string }, { message: string }, void>('segue/commitMessage');
const Partial = new ProgressType<{ markdown: string }>();

export const EXPLAIN_COMMAND = 'segue.assist.explain';
const SCHEME = 'segue-answer';
const REDRAW_MS = 250;

export class Assist implements vscode.Disposable {
  private text = '';
  private count = 0;
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly page = vscode.Uri.from({ scheme: SCHEME, path: 'Explanation.md' });
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: this.changed.event,
    provideTextDocumentContent: () => this.text,
  });

  constructor(private readonly session: Session) {}

  /** Explain the selection, or the symbol at the cursor, in a page beside the code that fills as the answer comes. */
  async explain(target = this.target()): Promise<void> {
    if (!target) {
      return;
    }
    await this.attempt('Segue explains…', async (client, token) => {
      this.count += 1;
      const partialResultToken = `segue-explain-${this.count}`;
      this.text = '*Waiting for the model…*\n';
      let streamed = '';
      let timer: NodeJS.Timeout | undefined;
      const progress = client.onProgress(Partial, partialResultToken, ({ markdown }) => {
        streamed += markdown;
        timer ??= setTimeout(() => {
          timer = undefined;
          this.fill(streamed);
        }, REDRAW_MS);
      });
      try {
        await this.showPage();
        const { markdown } = await client.sendRequest(ExplainRequest, { ...target, partialResultToken }, token);
        clearTimeout(timer);
        this.fill(markdown);
      } catch (error) {
        clearTimeout(timer);
        this.fill(streamed || '*No answer.*\n');
        throw error;
      } finally {
        progress.dispose();
      }
    });
  }

  /** Write a comment for the definition at the cursor, or for the selected lines. */
  async comment(): Promise<void> {
    const target = this.target();
    if (!target) {
      return;
    }
    await this.attempt('Segue writes a comment…', async (client, token) => {
      const { edit, notes } = await client.sendRequest(CommentRequest, target, token);
      await vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit));
      if (notes.length) {
        void vscode.window.showInformationMessage(notes.join(' '));
      }
    });
  }

  /** Put a message for the staged changes into the input box of source control. */
  async commitMessage(provider?: { readonly rootUri?: vscode.Uri }): Promise<void> {
    const input = await GitInput.find(provider?.rootUri);
    if (!input) {
      void vscode.window.showInformationMessage('There is no git repository in this window.');
      return;
    }
    await this.attempt('Segue writes a commit message…', async (client, token) => {
      const uri = client.code2ProtocolConverter.asUri(input.root);
      const { message } = await client.sendRequest(CommitRequest, { uri }, token);
      input.write(message);
      await vscode.commands.executeCommand('workbench.view.scm');
    });
  }

  private target(): Target | undefined {
    const editor = vscode.window.activeTextEditor;
    const client = this.session.running;
    if (!editor || !client) {
      void vscode.window.showInformationMessage(editor ? 'The Segue server is not running.' : 'Open a file first.');
      return undefined;
    }
    const { document, selection } = editor;
    const convert = client.code2ProtocolConverter;
    return {
      textDocument: { uri: convert.asUri(document.uri), version: document.version },
      ...(selection.isEmpty
        ? { position: convert.asPosition(selection.active) }
        : { range: convert.asRange(selection) }),
    };
  }

  /** Do something with the model that can be cancelled; what goes wrong is said in one sentence. */
  private async attempt(
    title: string,
    work: (client: LanguageClient, token: vscode.CancellationToken) => Promise<void>,
  ): Promise<void> {
    const client = this.session.running;
    if (!client) {
      return;
    }
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    try {
      await vscode.window.withProgress(options, (_progress, token) => work(client, token));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!/cancel/i.test(message)) {
        const choice = await vscode.window.showWarningMessage(message, 'Choose a Model');
        if (choice) {
          await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:segue.segue chat');
        }
      }
    }
  }

  private fill(text: string): void {
    this.text = text;
    this.changed.fire(this.page);
    // The preview does not follow documents that no editor shows.
    void vscode.commands.executeCommand('markdown.preview.refresh');
  }

  private async showPage(): Promise<void> {
    this.changed.fire(this.page);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', this.page);
    await vscode.commands.executeCommand('workbench.action.focusPreviousGroup');
  }

  dispose(): void {
    vscode.Disposable.from(this.changed, this.registration).dispose();
  }
}
