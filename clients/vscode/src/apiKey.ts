// The keys of model servers live in the editor's secret storage and reach the server by its environment.

import * as vscode from 'vscode';

/** The sections of the settings that have a key. */
export type KeySection = 'model' | 'chat';

const NAMES = { model: 'apiKey', chat: 'chatApiKey' } as const;

/** What the server finds in its environment. */
export async function keyEnvironment(secrets: vscode.SecretStorage): Promise<Record<string, string>> {
  const [model, chat] = await Promise.all([secrets.get(NAMES.model), secrets.get(NAMES.chat)]);
  return { ...(model ? { SEGUE_API_KEY: model } : {}), ...(chat ? { SEGUE_CHAT_API_KEY: chat } : {}) };
}

/** Keep the key of a section, an empty one is forgotten. Returns whether anything changed. */
export async function keepKey(secrets: vscode.SecretStorage, section: KeySection, key: string): Promise<boolean> {
  const before = (await secrets.get(NAMES[section])) ?? '';
  if (before !== key) {
    await (key ? secrets.store(NAMES[section], key) : secrets.delete(NAMES[section]));
  }
  return before !== key;
}

/** Ask for the key of the model server; an empty one is forgotten. Returns whether anything changed. */
export async function enterApiKey(context: vscode.ExtensionContext): Promise<boolean> {
  const value = await vscode.window.showInputBox({
    title: 'Segue: API key of the model server',
    prompt: 'Kept in the secret storage of the editor. Leave it empty to remove the stored key.',
    password: true,
    ignoreFocusOut: true,
  });
  return value !== undefined && keepKey(context.secrets, 'model', value.trim());
}
