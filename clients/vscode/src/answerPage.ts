// A page beside the code that shows Markdown; it has no scripts and loads nothing.

import * as vscode from 'vscode';
import { linkToCommand, OPEN_PLACE, splitPlace } from './links';

const HEAD = `<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
  body { max-width: 48em; line-height: 1.5; padding: 0.5em 1.5em; }
  code, pre { font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
  code { color: var(--vscode-textPreformat-foreground); }
  pre { background: var(--vscode-textCodeBlock-background); padding: 0.8em; overflow-x: auto; border-radius: 4px; }
</style>`;

export class AnswerPage implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly opener = vscode.commands.registerCommand(OPEN_PLACE, openPlace);

  /** Show Markdown beside the code, leaving the cursor where it is. */
  async show(title: string, markdown: string): Promise<void> {
    if (!this.panel) {
      const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.panel = vscode.window.createWebviewPanel('segue.answer', title, place, {
        enableFindWidget: true,
        enableCommandUris: [OPEN_PLACE],
      });
      this.panel.onDidDispose(() => (this.panel = undefined));
    }
    this.panel.title = title;
    await this.fill(markdown);
  }

  /** Replace the text of the page; a page the user closed stays closed. */
  async fill(markdown: string): Promise<void> {
    const body = await vscode.commands.executeCommand<string>('markdown.api.render', linkToCommand(markdown));
    if (this.panel) {
      this.panel.webview.html = `<!DOCTYPE html><html><head>${HEAD}</head><body class="segue-answer">${body}</body></html>`;
    }
  }

  dispose(): void {
    this.opener.dispose();
    this.panel?.dispose();
  }
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
