// Runs `segue` commands that talk to a person in a terminal.

import * as vscode from 'vscode';
import { keyEnvironment } from './apiKey';
import { PrivateEnvironment } from './server/environment';
import { locateServer } from './server/locate';

/** Run a command of the command line in a terminal, with the same program that serves the editor. */
export async function runInTerminal(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  name: string,
  args: readonly string[],
): Promise<void> {
  const { found } = await locateServer(context, new PrivateEnvironment(context, log));
  if (!found) {
    await vscode.commands.executeCommand('segue.setUp');
    return;
  }
  const terminal = vscode.window.createTerminal({
    name,
    env: await keyEnvironment(context.secrets),
    iconPath: new vscode.ThemeIcon('sparkle'),
  });
  terminal.show();
  terminal.sendText([found.program, ...found.args, ...args].map(quote).join(' '));
}

function quote(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : process.platform === 'win32' ? `"${word}"` : `'${word.replace(/'/g, "'\\''")}'`;
}
