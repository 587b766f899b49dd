// A page beside the code that shows one answer: an explanation.

import * as vscode from 'vscode';
import { AnswerPage, rendered } from './page';

export class Explanation implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private page: AnswerPage | undefined;

  constructor(private readonly extension: vscode.Uri) {}

  /** Show Markdown beside the code, leaving the cursor where it is. */
  async show(title: string, markdown: string): Promise<void> {
    if (!this.panel) {
      const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.panel = vscode.window.createWebviewPanel('segue.answer', title, place, { enableFindWidget: true });
      this.page = new AnswerPage(this.panel.webview, this.extension, false);
      this.panel.onDidDispose(() => {
        this.page?.dispose();
        this.panel = this.page = undefined;
      });
    }
    this.panel.title = title;
    await this.fill(markdown);
  }

  /** Replace the text of the page; a page the user closed stays closed. */
  async fill(markdown: string): Promise<void> {
    const html = await rendered(markdown);
    this.page?.update({ question: '', about: '', html, busy: false, choices: [], problem: '' });
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
