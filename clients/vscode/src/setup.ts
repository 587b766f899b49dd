// From nothing to a running server: look for one, offer to make one, say what is wrong when neither works.

import * as vscode from 'vscode';
import { PrivateEnvironment } from './server/environment';
import { forgetVerified, locateServer } from './server/locate';
import { findPython } from './server/python';
import type { Session } from './server/session';
import { clientSetting } from './settings';
import type { Status } from './status';

const SET_UP = 'Set Up';
const CHOOSE = 'Choose Python…';
const SETTINGS = 'Open Settings';
const LOG = 'Open Log';
const CONNECT = 'Connect a Model…';
const RETRY = 'Try Again';

export class Setup {
  private readonly environment: PrivateEnvironment;
  private running: Promise<void> | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly session: Session,
    private readonly status: Status,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.environment = new PrivateEnvironment(context, log);
  }

  /** Find a server and start it; calls while one is under way wait for that one. */
  start(): Promise<void> {
    this.running ??= this.attempt().finally(() => (this.running = undefined));
    return this.running;
  }

  /** Start anew with what is configured now, after whatever start is under way. */
  async restart(): Promise<void> {
    await this.running?.catch(() => undefined);
    await forgetVerified(this.context);
    await this.start();
  }

  private async attempt(): Promise<void> {
    this.status.setState('starting');
    const { found, problems } = await locateServer(this.context, this.environment);
    problems.forEach((problem) => this.log.warn(problem));
    if (!found) {
      this.status.setState('missing');
      void this.offer(problems);
      return;
    }
    try {
      await this.session.start(found);
      await vscode.commands.executeCommand('setContext', 'segue.ready', true);
    } catch (error) {
      await forgetVerified(this.context);
      this.log.error(`The server from ${found.origin} did not start: ${String(error)}`);
      this.status.setState('stopped', `The server from ${found.origin} does not start.`);
      void this.report(`The Segue server from ${found.origin} (${found.program}) does not start.`);
    }
  }

  private async offer(problems: readonly string[]): Promise<void> {
    if (problems.some((problem) => problem.includes('setting'))) {
      await this.report(problems[0] ?? '');
      return;
    }
    const question = (await this.environment.isOutdated())
      ? 'The Segue extension was updated. Its language server has to be updated too.'
      : 'Segue needs its language server, a Python program. Install it into a folder of its own? Packages are downloaded from PyPI; nothing else on this machine changes.';
    const choice = await vscode.window.showInformationMessage(question, SET_UP, CHOOSE, SETTINGS);
    if (choice === SET_UP) {
      await this.createEnvironment();
    } else if (choice === CHOOSE) {
      await this.choosePython();
    } else if (choice === SETTINGS) {
      await openSettings();
    }
  }

  /** Make the private environment and start its server. */
  async createEnvironment(): Promise<void> {
    const search = await findPython(clientSetting('python', ''));
    if (!search.ok) {
      const choice = await vscode.window.showErrorMessage(`Segue needs Python 3.11 or newer. ${search.problem}`, CHOOSE, RETRY);
      await (choice === CHOOSE ? this.choosePython() : choice === RETRY ? this.createEnvironment() : undefined);
      return;
    }
    try {
      this.status.setState('starting');
      await this.session.stop();
      await this.environment.create(search.ok);
    } catch (error) {
      await this.afterFailure(error);
      return;
    }
    await this.restart();
    if (this.session.running) {
      void this.offerModel();
    }
  }

  private async offerModel(): Promise<void> {
    const done = 'Segue is set up. Write code: Tab accepts what appears in grey. A model adds suggestions that your repository cannot give.';
    if ((await vscode.window.showInformationMessage(done, CONNECT)) === CONNECT) {
      await vscode.commands.executeCommand('segue.connect');
    }
  }

  private async afterFailure(error: unknown): Promise<void> {
    this.status.setState('missing');
    if (error instanceof vscode.CancellationError) {
      vscode.window.setStatusBarMessage('Segue: set-up cancelled', 4000);
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    this.log.error(reason);
    const choice = await vscode.window.showErrorMessage(`Setting up Segue failed. ${reason}`, RETRY, LOG);
    if (choice === RETRY) {
      await this.createEnvironment();
    } else if (choice === LOG) {
      this.log.show();
    }
  }

  private async choosePython(): Promise<void> {
    const [file] = (await vscode.window.showOpenDialog({ title: 'Python 3.11 or newer', openLabel: 'Use This Python' })) ?? [];
    if (file) {
      await vscode.workspace
        .getConfiguration('segue.client')
        .update('python', file.fsPath, vscode.ConfigurationTarget.Global);
      await this.createEnvironment();
    }
  }

  /** One message about a server that does not work, with the buttons that help. */
  async report(message: string): Promise<void> {
    const choice = await vscode.window.showErrorMessage(message, RETRY, LOG, SETTINGS);
    if (choice === RETRY) {
      await this.restart();
    } else if (choice === LOG) {
      this.log.show();
    } else if (choice === SETTINGS) {
      await openSettings();
    }
  }
}

async function openSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:segue.segue');
}
