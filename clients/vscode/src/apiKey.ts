// The key of a model server lives in the editor's secret storage and reaches the server by its environment.

import * as vscode from 'vscode';

/** Ask for the key; an empty one is forgotten. Returns whether anything changed. */
export async function enterApiKey(context: vscode.ExtensionContext): Promise<boolean> {
  const value = await vscode.window.showInputBox({
    title: 'Segue: API key of the model server',
    prompt: 'Kept in the secret storage of the editor. Leave it empty to forget the stored key.',
    password: true,
    ignoreFocusOut: true,
  });
  if (value === undefined) {
    return false;
  }
  await (value.trim() ? context.secrets.store('apiKey', value.trim()) : context.secrets.delete('apiKey'));
  return true;
}
