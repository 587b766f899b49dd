// Explaining, commenting, changing code, and commit messages: the requests of docs/assist.md and docs/edit.md.

import * as vscode from 'vscode';
import { ProgressType, RequestType, ResponseError, type LanguageClient, type Range, type TextEdit, type WorkspaceEdit } from 'vscode-languageclient/node';
import { Explanation } from './answers/explanation';
import { askInstruction } from './change/instruction';
import { ChangeReview } from './change/review';
import { noted, ProblemWatch, type Before } from './change/watch';
import { GitInput } from './git';
import type { Session } from './server/session';
import { inEditorWords, openSetting } from './settings';

interface Target {
  readonly textDocument?: { readonly uri: string; readonly version?: number };
  readonly range?: unknown;
  readonly position?: unknown;
  readonly [other: string]: unknown;
}

interface Changed {
  readonly edits: readonly TextEdit[];
  readonly textDocument: { readonly uri: string; readonly version: number };
  readonly title: string;
  readonly notes: readonly string[];
  readonly unknownNames: readonly { readonly name: string; readonly definedIn: string }[];
}

const ExplainRequest = new RequestType<Target, { markdown: string; title: string }, void>('segue/explain');
const CommentRequest = new RequestType<Target, { edit: WorkspaceEdit; notes: readonly string[] }, void>('segue/comment');
const CommitRequest = new RequestType<{ uri?: string }, { message: string }, void>('segue/commitMessage');
const EditRequest = new RequestType<Target, Changed, void>('segue/edit');
const TestsRequest = new RequestType<Target, { edit: WorkspaceEdit; uri: string; notes: readonly string[] }, void>('segue/tests');
const Partial = new ProgressType<{ markdown: string }>();
const PartialCode = new ProgressType<{ text: string }>();

export const EXPLAIN_COMMAND = 'segue.assist.explain';
export const EDIT_COMMAND = 'segue.assist.edit';
export const TESTS_COMMAND = 'segue.assist.tests';
export const COMPARE_COMMAND = 'segue.compareProblems';
const REDRAW_MS = 250;
/** A setting that a note of the server names. */
const NAMED_SETTING = /\b(?:assist|chat|privacy)\.\w+/;

export class Assist implements vscode.Disposable {
  private readonly page: Explanation;
  private readonly problems = new ProblemWatch();
  readonly review = new ChangeReview(this.problems);
  private offered: Before | undefined;
  private count = 0;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly session: Session,
  ) {
    this.page = new Explanation(context.extensionUri);
  }

  /** Explain the selection, or the symbol at the cursor, in a page beside the code that fills as the answer comes. */
  async explain(target = this.target()): Promise<void> {
    if (!target) {
      return;
    }
    await this.attempt('Segue: explaining the code', async (client, token) => {
      this.count += 1;
      const partialResultToken = `segue-explain-${this.count}`;
      await this.page.show('Explanation', '*Waiting for the model…*');
      let streamed = '';
      let timer: NodeJS.Timeout | undefined;
      const progress = client.onProgress(Partial, partialResultToken, ({ markdown }) => {
        streamed += markdown;
        timer ??= setTimeout(() => {
          timer = undefined;
          void this.page.fill(streamed);
        }, REDRAW_MS);
      });
      try {
        const { markdown, title } = await client.sendRequest(ExplainRequest, { ...target, partialResultToken }, token);
        clearTimeout(timer);
        await this.page.show(title || 'Explanation', markdown);
      } catch (error) {
        clearTimeout(timer);
        await this.page.fill(streamed || '*No answer.*');
        throw error;
      } finally {
        progress.dispose();
      }
    });
  }

  /** Change the selection, or the definition at the cursor, as an instruction says; the change waits for a decision. */
  async edit(target = this.target()): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!target || !document) {
      return;
    }
    const instruction = target['instruction'] ?? (target['action'] ? '' : await askInstruction(this.context.workspaceState));
    if (instruction === undefined) {
      return;
    }
    await this.attempt('Segue: changing the code', async (client, token) => {
      this.count += 1;
      const partialResultToken = `segue-edit-${this.count}`;
      const range = client.protocol2CodeConverter.asRange(target.range as Range | undefined);
      this.review.close();
      const progress = client.onProgress(PartialCode, partialResultToken, ({ text }) => {
        if (range && !range.isEmpty && !token.isCancellationRequested) {
          this.review.stream(document.uri, range, text);
        }
      });
      try {
        const change = await client.sendRequest(EditRequest, { ...target, instruction, partialResultToken }, token);
        if (document.version !== change.textDocument.version) {
          throw new Error('The file changed while the model was answering; nothing was inserted.');
        }
        const edits = await client.protocol2CodeConverter.asTextEdits([...change.edits]);
        const unknown = change.unknownNames.map(({ name, definedIn }) => (definedIn ? `${name} (not imported from ${definedIn})` : name));
        this.review.open(document, edits, change.title, unknown.length ? `Not known here: ${unknown.join(', ')}` : '');
        void say(change.notes);
      } catch (error) {
        this.review.close();
        throw error;
      } finally {
        progress.dispose();
      }
    });
  }

  /** Note how a document was when fixes for it were offered. */
  fixesOffered(document: vscode.TextDocument, actions: readonly (vscode.Command | vscode.CodeAction)[]): void {
    if (actions.some((one) => typeof one.command === 'object' && one.command.command === COMPARE_COMMAND)) {
      this.offered = noted(document);
    }
  }

  /** Watch what is reported of a document after a fix for that version of it was applied. */
  fixApplied(uri: string, version: number): void {
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === vscode.Uri.parse(uri).toString());
    const before = this.offered;
    if (document && before?.version === version && before.uri.toString() === document.uri.toString()) {
      this.problems.start(document, before);
    }
  }

  /** Write tests for the definition at the cursor into the file of its tests, and show them there. */
  async writeTests(target = this.target()): Promise<void> {
    if (!target) {
      return;
    }
    await this.attempt('Segue: writing tests', async (client, token) => {
      const { edit, uri, notes } = await client.sendRequest(TestsRequest, target, token);
      const changes = await client.protocol2CodeConverter.asWorkspaceEdit(edit);
      const file = client.protocol2CodeConverter.asUri(uri);
      await vscode.workspace.applyEdit(changes);
      const added = changes.get(file).at(-1)?.range.start ?? new vscode.Position(0, 0);
      await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.Beside, selection: new vscode.Range(added, added) });
      void say(notes);
    });
  }

  /** Write a comment for the definition at the cursor, or for the selected lines. */
  async comment(): Promise<void> {
    const target = this.target();
    if (!target) {
      return;
    }
    await this.attempt('Segue: writing a comment', async (client, token) => {
      const { edit, notes } = await client.sendRequest(CommentRequest, target, token);
      await vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit));
      void say(notes);
    });
  }

  /** Put a message for the staged changes into the input box of source control. */
  async commitMessage(provider?: { readonly rootUri?: vscode.Uri }): Promise<void> {
    const input = await GitInput.find(provider?.rootUri);
    if (!input) {
      void vscode.window.showInformationMessage('There is no git repository in this window.');
      return;
    }
    await this.attempt('Segue: writing a commit message', async (client, token) => {
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
      await tell(error);
    }
  }

  dispose(): void {
    this.page.dispose();
    this.problems.dispose();
    this.review.dispose();
  }
}

/** Say what went wrong, with a button for what can be done about it. */
async function tell(error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  if (/cancel/i.test(message)) {
    return;
  }
  const setting = error instanceof ResponseError ? String((error.data as { setting?: string } | undefined)?.setting ?? '') : '';
  if (await vscode.window.showWarningMessage(inEditorWords(message), ...choicesFor(setting))) {
    await decide(setting);
  }
}

/** Show what the server notes about a result, with a button for the setting that it names. */
async function say(notes: readonly string[]): Promise<void> {
  const text = notes.join(' ');
  const setting = NAMED_SETTING.exec(text)?.[0] ?? '';
  if (text && (await vscode.window.showInformationMessage(inEditorWords(text), ...choicesFor(setting)))) {
    await decide(setting);
  }
}

function isOfModel(setting: string): boolean {
  return /^(chat|model)\b/.test(setting);
}

function choicesFor(setting: string): string[] {
  return setting ? [isOfModel(setting) ? 'Choose a Model' : 'Open the Setting'] : [];
}

/** Let the user change what a setting says. */
async function decide(setting: string): Promise<void> {
  await (isOfModel(setting) ? vscode.commands.executeCommand('segue.connect') : openSetting(setting));
}
