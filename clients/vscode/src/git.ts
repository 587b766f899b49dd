// The input box of source control, through the API of the built-in git extension.

import * as vscode from 'vscode';

interface Repository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
}

interface GitExtension {
  getAPI(version: 1): { readonly repositories: readonly Repository[] };
}

export class GitInput {
  private constructor(private readonly repository: Repository) {}

  /** The repository at `root`; without one, that of the file in front, or the only one there is. */
  static async find(root?: vscode.Uri): Promise<GitInput | undefined> {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    const repositories = (await extension?.activate())?.getAPI(1).repositories ?? [];
    const wanted = (root ?? vscode.window.activeTextEditor?.document.uri)?.toString();
    const found = repositories.find(({ rootUri }) => wanted?.startsWith(rootUri.toString())) ?? repositories[0];
    return found && new GitInput(found);
  }

  get root(): vscode.Uri {
    return this.repository.rootUri;
  }

  write(message: string): void {
    this.repository.inputBox.value = message;
  }
}
