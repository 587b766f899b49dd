// Downloads the small embedded model; a notification and the status entry's menu show the progress.

import * as vscode from 'vscode';
import { PrivateEnvironment } from './server/environment';
import { locateServer } from './server/locate';
import { run } from './server/run';

export const SMALL_MODEL = 'smollm2-135m';
const LONGEST_MS = 60 * 60_000;
const STEP = /^(\w+)(?: (\d+) %)?$/;

export class ModelDownload {
  private step: string | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly restart: () => Promise<void>,
  ) {}

  /** How far a download is, such as `downloading 40 %`; undefined while there is none. */
  get progress(): string | undefined {
    return this.step;
  }

  async start(): Promise<void> {
    if (this.step !== undefined) {
      return;
    }
    const { found } = await locateServer(this.context, new PrivateEnvironment(this.context, this.log));
    if (!found) {
      await vscode.commands.executeCommand('segue.setUp');
      return;
    }
    this.step = 'starting';
    const options = { location: vscode.ProgressLocation.Notification, title: 'Segue: the small model', cancellable: true };
    try {
      const problem = await vscode.window.withProgress(options, async (progress, token) => {
        let percent = 0;
        const onLine = (line: string): void => {
          const [, what, share] = STEP.exec(line) ?? [];
          if (what) {
            const now = Number(share ?? 0);
            progress.report({ message: line, increment: Math.max(0, now - percent) });
            percent = now;
            this.step = line;
          }
        };
        const args = [...found.args, 'model', 'pull', SMALL_MODEL];
        const { code, output } = await run(found.program, args, { token, onLine, timeoutMs: LONGEST_MS });
        return code === 0 || token.isCancellationRequested ? '' : (output.trim().split(/\r?\n/).pop() ?? `status ${code}`);
      });
      await this.finish(problem);
    } finally {
      this.step = undefined;
    }
  }

  private async finish(problem: string): Promise<void> {
    if (problem) {
      this.log.error(problem);
      void vscode.window.showErrorMessage(`Segue: the small model was not downloaded. ${problem}`);
      return;
    }
    await this.restart();
  }
}
