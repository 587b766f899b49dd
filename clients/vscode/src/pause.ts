// Pausing suggestions: for some minutes, for a language, for this workspace.

import * as vscode from 'vscode';

const LANGUAGES = 'pause.languages';
const WORKSPACE = 'pause.workspace';
const MINUTES = 5;

export class Pause implements vscode.Disposable {
  private until = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly context: vscode.ExtensionContext) {}

  /** Say why suggestions are paused for a language; the empty string while they are not. */
  reason(languageId: string): string {
    if (this.context.workspaceState.get<boolean>(WORKSPACE, false)) {
      return 'Paused in this workspace.';
    }
    if (this.languages().includes(languageId)) {
      return `Paused in ${languageId} files.`;
    }
    const left = this.until - Date.now();
    const minutes = Math.ceil(left / 60_000);
    return left > 0 ? `Paused for ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}.` : '';
  }

  /** Let the user choose what to pause. */
  async choose(): Promise<void> {
    const languageId = vscode.window.activeTextEditor?.document.languageId;
    const items = [
      { label: `$(clock) For ${MINUTES} minutes`, run: () => this.forMinutes(MINUTES) },
      ...(languageId
        ? [{ label: `$(file-code) In ${languageId} files`, run: () => this.setLanguage(languageId, true) }]
        : []),
      { label: '$(root-folder) In this workspace', run: () => this.setWorkspace(true) },
    ];
    const chosen = await vscode.window.showQuickPick(items, { title: 'Pause Segue' });
    await chosen?.run();
  }

  /** Lift every pause that holds for `languageId`. */
  async resume(languageId: string): Promise<void> {
    this.until = 0;
    clearTimeout(this.timer);
    await this.setLanguage(languageId, false);
    await this.setWorkspace(false);
  }

  private forMinutes(minutes: number): void {
    this.until = Date.now() + minutes * 60_000;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed.fire(), minutes * 60_000);
    this.changed.fire();
  }

  private async setLanguage(languageId: string, paused: boolean): Promise<void> {
    const others = this.languages().filter((name) => name !== languageId);
    await this.context.globalState.update(LANGUAGES, paused ? [...others, languageId] : others);
    this.changed.fire();
  }

  private async setWorkspace(paused: boolean): Promise<void> {
    await this.context.workspaceState.update(WORKSPACE, paused || undefined);
    this.changed.fire();
  }

  private languages(): string[] {
    return this.context.globalState.get<string[]>(LANGUAGES, []);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.dispose();
  }
}
