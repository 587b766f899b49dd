// The commands that follow the edits of code actions.

import * as vscode from 'vscode';

const MOST = 64;

/**
 * Keeps what follows an edit until the editor runs it.
 *
 * VS Code forgets a command that has arguments when it closes the menu of its code action. An edit that is previewed
 * first is applied after that. A command without arguments is found by its name alone, so each gets a name here.
 */
export class FollowUps implements vscode.Disposable {
  private readonly commands: vscode.Command[] = [];
  private readonly registered: vscode.Disposable[] = [];
  private next = 0;

  keep(actions: readonly (vscode.Command | vscode.CodeAction)[]): void {
    for (const action of actions) {
      if ('edit' in action && action.edit && action.command?.arguments?.length) {
        action.command = this.named(action.command);
      }
    }
  }

  private named(command: vscode.Command): vscode.Command {
    const slot = this.next;
    const name = `segue.followUp.${slot}`;
    this.next = (slot + 1) % MOST;
    this.commands[slot] = command;
    this.registered[slot] ??= vscode.commands.registerCommand(name, () => {
      const kept = this.commands[slot]!;
      return vscode.commands.executeCommand(kept.command, ...(kept.arguments ?? []));
    });
    return { title: command.title, command: name };
  }

  dispose(): void {
    this.registered.forEach((one) => one.dispose());
  }
}
