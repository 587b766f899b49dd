// The status bar entry and the language status: state, model, latency, and why nothing is shown.

import * as vscode from 'vscode';
import type { Pause } from './pause';
import { StatusNotification, StatusRequest, type StatusParams } from './protocol';
import { quietReason } from './quiet';
import type { Session } from './server/session';
import { inEditorWords } from './settings';

/** How long a reason for silence has to hold before the bar names it: most pass with the next key. */
const SETTLE_MS = 1000;

type State = 'missing' | 'starting' | 'stopped' | 'running';

export class Status implements vscode.Disposable {
  private readonly bar = vscode.window.createStatusBarItem('segue.status', vscode.StatusBarAlignment.Right, 100);
  private readonly language = vscode.languages.createLanguageStatusItem('segue.language', [
    { scheme: 'file' },
    { scheme: 'untitled' },
  ]);
  private state: State = 'starting';
  private trouble = '';
  private server: StatusParams | undefined;
  private silence = '';
  private settling: ReturnType<typeof setTimeout> | undefined;
  private readonly disposables: vscode.Disposable[];

  constructor(
    session: Session,
    private readonly pause: Pause,
  ) {
    this.bar.name = 'Segue';
    this.bar.command = 'segue.menu';
    this.language.name = 'Segue';
    this.language.command = { command: 'segue.menu', title: 'Menu' };
    this.disposables = [
      this.bar,
      this.language,
      pause.onDidChange(() => this.update()),
      vscode.window.onDidChangeActiveTextEditor(() => this.update()),
      session.onDidStart((client) => {
        client.onNotification(StatusNotification, (status) => this.setServer(status));
        this.setState('running');
        void client.sendRequest(StatusRequest, {}).then(
          (status) => this.setServer(status),
          () => undefined,
        );
      }),
      session.onDidEnd((reason) => this.setState(reason ? 'stopped' : 'starting', reason)),
    ];
    this.update();
    this.bar.show();
  }

  setState(state: State, trouble = ''): void {
    this.state = state;
    this.trouble = trouble;
    if (state !== 'running') {
      this.server = undefined;
    }
    this.settle();
  }

  private setServer(status: StatusParams): void {
    this.server = inWords(status);
    this.settle();
  }

  private settle(): void {
    const silence = this.server?.segue?.silence ?? '';
    clearTimeout(this.settling);
    if (silence && silence !== this.silence) {
      this.settling = setTimeout(() => {
        this.silence = silence;
        this.update();
      }, SETTLE_MS);
    } else {
      this.silence = silence;
    }
    this.update();
  }

  /** One sentence: what Segue does now, and where it is silent, why. */
  get sentence(): string {
    const document = vscode.window.activeTextEditor?.document;
    if (this.state === 'missing') {
      return 'The language server is not set up yet.';
    }
    if (this.state === 'stopped') {
      return this.trouble || 'The language server is not running.';
    }
    if (this.state === 'starting') {
      return 'The language server is starting.';
    }
    const paused = document ? this.pause.reason(document.languageId) : '';
    return paused || (document ? quietReason(document) : '') || this.server?.message || 'The language server is running.';
  }

  get problem(): boolean {
    return this.state === 'missing' || this.state === 'stopped' || this.server?.kind === 'Error';
  }

  /** Whether no model answers: neither one of a server nor the embedded one. */
  get lacksModel(): boolean {
    return this.state === 'running' && (this.server?.segue?.state === 'offline' || !this.server?.segue?.model);
  }

  private update(): void {
    const { icon, severity } = this.look();
    this.bar.text = this.silence ? `${icon} Segue: ${this.silence}` : `${icon} Segue`;
    this.bar.backgroundColor =
      severity === vscode.LanguageStatusSeverity.Error
        ? new vscode.ThemeColor('statusBarItem.errorBackground')
        : severity === vscode.LanguageStatusSeverity.Warning
          ? new vscode.ThemeColor('statusBarItem.warningBackground')
          : undefined;
    this.bar.tooltip = this.details();
    this.bar.accessibilityInformation = { label: this.details(), role: 'button' };
    this.language.text = `${icon} ${this.server?.segue?.model || 'Segue'}`;
    this.language.detail = this.sentence;
    this.language.severity = severity;
    this.language.busy = this.state === 'starting' || (this.server?.busy ?? false);
  }

  private look(): { icon: string; severity: vscode.LanguageStatusSeverity } {
    const { Error: error, Warning: warning, Information: information } = vscode.LanguageStatusSeverity;
    const document = vscode.window.activeTextEditor?.document;
    if (this.state === 'missing' || this.state === 'stopped') {
      return { icon: '$(circle-slash)', severity: this.state === 'missing' ? warning : error };
    }
    if (this.state === 'starting') {
      return { icon: '$(loading~spin)', severity: information };
    }
    if (document && this.pause.reason(document.languageId)) {
      return { icon: '$(debug-pause)', severity: information };
    }
    if (this.server?.kind === 'Error') {
      return { icon: '$(error)', severity: error };
    }
    if (this.server?.kind === 'Warning') {
      return { icon: '$(warning)', severity: warning };
    }
    return { icon: this.server?.busy ? '$(loading~spin)' : '$(sparkle)', severity: information };
  }

  private details(): string {
    const details = this.server?.segue;
    const lines = [`Segue: ${this.sentence}`];
    if (details?.model) {
      lines.push(`Model: ${details.model}`);
    }
    if (details?.latencyMs) {
      lines.push(`Last answer: ${Math.round(details.latencyMs)} ms`);
    }
    if (details?.silence) {
      lines.push(`Nothing is shown: ${details.silence}`);
    }
    if (details?.lastError) {
      lines.push(`Last error: ${details.lastError}`);
    }
    if (details?.index?.state) {
      lines.push(`Index: ${details.index.state}, ${details.index.files ?? 0} files`);
    }
    return lines.join('\n');
  }

  dispose(): void {
    clearTimeout(this.settling);
    vscode.Disposable.from(...this.disposables).dispose();
  }
}

/** The status in the words of the editor. */
function inWords(status: StatusParams): StatusParams {
  const { message, segue } = status;
  const lastError = segue?.lastError;
  return {
    ...status,
    ...(message ? { message: inEditorWords(message) } : {}),
    ...(segue && lastError ? { segue: { ...segue, lastError: inEditorWords(lastError) } } : {}),
  };
}
