// The settings of the extension, and the part of them that belongs to the server.

import * as vscode from 'vscode';
import { editorWords, serverName } from './words';

/** Everything below this key concerns the extension only and never reaches the server. */
const CLIENT = 'client';

export type Settings = Record<string, unknown>;

/**
 * The server's settings as the user set them; what was left alone is left to the server's own defaults. In the server's
 * own spelling, which earlier versions declared, only the user's settings count: the editor would take an undeclared name
 * from a workspace's own settings, too.
 */
export function serverSettings(scope?: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration('segue', scope ?? null);
  const set: Settings = {};
  for (const key of serverKeys()) {
    const former = configuration.inspect(serverName(key))?.globalValue;
    if (former !== undefined) {
      assign(set, key.split('.'), former);
    }
    const value = configuration.inspect(key);
    if (value && [value.globalValue, value.workspaceValue, value.workspaceFolderValue].some((one) => one !== undefined)) {
      assign(set, key.split('.'), configuration.get(key));
    }
  }
  return set;
}

/** The settings of the manifest, by their names without `segue.`. */
function declared(): Record<string, { readonly scope?: string }> {
  const manifest = vscode.extensions.getExtension('segue.segue')?.packageJSON as
    | { contributes: { configuration: { properties: Record<string, { readonly scope?: string }> }[] } }
    | undefined;
  const groups = manifest?.contributes.configuration ?? [];
  return Object.fromEntries(
    groups.flatMap(({ properties }) => Object.entries(properties).map(([name, about]) => [name.slice('segue.'.length), about])),
  );
}

function serverKeys(): string[] {
  return Object.keys(declared()).filter((name) => !name.startsWith(`${CLIENT}.`));
}

/** Open the setting that the server calls `name`: in a remote window, those of the machine are on a tab of their own. */
export async function openSetting(name: string): Promise<void> {
  const key = serverKeys().find((one) => serverName(one) === name) ?? name;
  const isRemote = vscode.env.remoteName !== undefined && declared()[key]?.scope === 'machine';
  await vscode.commands.executeCommand(`workbench.action.open${isRemote ? 'Remote' : ''}Settings`, { query: `segue.${key}` });
}

/** Return what the server says in the words of the editor. */
export function inEditorWords(sentence: string): string {
  return editorWords(sentence, serverKeys());
}

function assign(target: Settings, [head, ...rest]: string[], value: unknown): void {
  if (head === undefined) {
    return;
  }
  if (!rest.length) {
    target[head] = value;
    return;
  }
  const inner = (target[head] ??= {}) as Settings;
  assign(inner, rest, value);
}

export function clientSetting<T>(name: string, fallback: T): T {
  return vscode.workspace.getConfiguration('segue.client').get<T>(name, fallback);
}
