// What suggestions were worth, as a page of the editor. The server writes it; it holds no script and loads nothing.

import * as vscode from 'vscode';
import type { Session } from './server/session';

export class StatisticsView implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  constructor(private readonly session: Session) {}

  async show(): Promise<void> {
    if (!this.session.running) {
      void vscode.window.showInformationMessage('The Segue server is not running, so there are no statistics.');
      return;
    }
    const page = await vscode.commands.executeCommand<string>('segue.statisticsPage');
    this.panel ??= this.open();
    this.panel.webview.html = page;
    this.panel.reveal();
  }

  private open(): vscode.WebviewPanel {
    const options = { enableScripts: false, localResourceRoots: [] };
    const panel = vscode.window.createWebviewPanel('segue.statistics', 'Segue Statistics', vscode.ViewColumn.Active, options);
    panel.onDidDispose(() => (this.panel = undefined));
    return panel;
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
