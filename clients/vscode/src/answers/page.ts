// The page of answers, in whichever frame: explanations beside the code and the conversation in the side bar are one page.

import * as vscode from 'vscode';
import { linkToCommand, OPEN_PLACE, splitPlace } from './links';
import type { FromPage, ShownTurn, ToPage } from './messages';
import { LINKED_COMMANDS } from '../words';

/** Fills one webview with turns; the page keeps its scroll position while an answer grows. */
export class AnswerPage implements vscode.Disposable {
  private turns: readonly ShownTurn[] = [];
  private about = '';
  private ready = false;
  private wantsFocus = false;
  private readonly listener: vscode.Disposable;

  /** `asks` gives the page a question box, whose messages go to `heard`. */
  constructor(
    private readonly webview: vscode.Webview,
    extension: vscode.Uri,
    asks: boolean,
    private readonly heard: (message: FromPage) => void = () => undefined,
  ) {
    const files = vscode.Uri.joinPath(extension, 'out');
    const media = vscode.Uri.joinPath(extension, 'media');
    webview.options = { enableScripts: true, enableCommandUris: [OPEN_PLACE, ...LINKED_COMMANDS], localResourceRoots: [files, media] };
    this.listener = webview.onDidReceiveMessage((message: FromPage) => this.hear(message));
    webview.html = html({
      script: webview.asWebviewUri(vscode.Uri.joinPath(files, 'webview.js')),
      style: webview.asWebviewUri(vscode.Uri.joinPath(media, 'answers.css')),
      source: webview.cspSource,
      asks,
    });
  }

  show(turns: readonly ShownTurn[]): void {
    this.turns = turns;
    this.send({ type: 'turns', turns, about: this.about });
  }

  /** Show more of the last answer. */
  update(turn: ShownTurn): void {
    this.turns = [...this.turns.slice(0, -1), turn];
    this.send({ type: 'last', turn });
  }

  setAbout(about: string): void {
    this.about = about;
    this.send({ type: 'about', about });
  }

  focus(): void {
    this.wantsFocus = !this.ready;
    this.send({ type: 'focus' });
  }

  private hear(message: FromPage): void {
    if (message.type === 'ready') {
      this.ready = true;
      this.show(this.turns);
      if (this.wantsFocus) {
        this.focus();
      }
    }
    this.heard(message);
  }

  private send(message: ToPage): void {
    if (this.ready) {
      void this.webview.postMessage(message);
    }
  }

  dispose(): void {
    this.listener.dispose();
  }
}

/** Return Markdown of an answer as HTML whose links to files open them in the editor. */
export async function rendered(markdown: string): Promise<string> {
  return vscode.commands.executeCommand<string>('markdown.api.render', linkToCommand(markdown));
}

export function registerPlaceOpener(): vscode.Disposable {
  return vscode.commands.registerCommand(OPEN_PLACE, openPlace);
}

/** Open a place of a file of the workspace; an answer's link to any other file is refused. */
async function openPlace(place: unknown): Promise<void> {
  const { file, line } = splitPlace(String(place));
  const uri = vscode.Uri.parse(file);
  if (uri.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri)) {
    void vscode.window.showWarningMessage('Segue: this link leads out of the workspace and is not opened.');
    return;
  }
  const selection = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(uri, { selection, viewColumn: vscode.ViewColumn.One });
}

interface Frame {
  readonly script: vscode.Uri;
  readonly style: vscode.Uri;
  readonly source: string;
  readonly asks: boolean;
}

function html({ script, style, source, asks }: Frame): string {
  const policy = `default-src 'none'; style-src ${source} 'unsafe-inline'; script-src ${source}`;
  const box = `<form id="ask">
    <p id="about" hidden><span></span><button type="button" title="Ask without it">✕</button></p>
    <textarea id="question" rows="2" placeholder="Ask about this repository (Enter to send)" aria-label="Question"></textarea>
  </form>`;
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" href="${String(style)}"></head>
    <body class="${asks ? 'segue-ask' : 'segue-answer'}"><main id="turns" aria-live="polite"></main>${asks ? box : ''}
    <script src="${String(script)}"></script></body></html>`;
}
