// The settings of the extension, and the part of them that belongs to the server.

import * as vscode from 'vscode';
import { editorWords } from './words';

export type Settings = Record<string, unknown>;

/**
 * The server's settings as the user set them; what was left alone is left to the server's own defaults. In the server's
 * own spelling, which earlier versions declared, only the user's settings count: the editor would take an undeclared name
 * from a workspace's own settings, too.
 */
export function serverSettings(scope?: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration('segue', scope ?? null);
  const set: Settings = {};
  const about = declared();
  for (const [serverName, key] of serverSettingsByName()) {
    const former = configuration.inspect(serverName)?.globalValue;
    if (former !== undefined) {
      assign(set, key.split('.'), former);
    }
    const value = configuration.inspect(key);
    const levels = [value?.workspaceFolderValue, value?.workspaceValue, value?.globalValue].filter((one) => one !== undefined);
    if (levels.length) {
      assign(set, key.split('.'), about[key]?.added ? levels.flat() : configuration.get(key));
    }
  }
  return set;
}

interface Declared {
  readonly scope?: string;
  readonly serverName?: string;
  /** A list that all levels add to, the user last, whose patterns count most: a folder cannot undo what the user set. */
  readonly added?: boolean;
}

/** The settings of the manifest, by their names without `segue.`. */
function declared(): Record<string, Declared> {
  const manifest = vscode.extensions.getExtension('segue.segue')?.packageJSON as
    | { contributes: { configuration: { properties: Record<string, Declared> }[] } }
    | undefined;
  const groups = manifest?.contributes.configuration ?? [];
  return Object.fromEntries(
    groups.flatMap(({ properties }) => Object.entries(properties).map(([name, about]) => [name.slice('segue.'.length), about])),
  );
}

/** The names of the server's settings here, by what the server calls them; the manifest has both. */
function serverSettingsByName(): Map<string, string> {
  return new Map(Object.entries(declared()).flatMap(([name, { serverName }]) => (serverName ? [[serverName, name]] : [])));
}

/** Open the setting that the server calls `name`: in a remote window, those of the machine are on a tab of their own. */
export async function openSetting(name: string): Promise<void> {
  const key = serverSettingsByName().get(name) ?? name;
  const isRemote = vscode.env.remoteName !== undefined && declared()[key]?.scope === 'machine';
  await vscode.commands.executeCommand(`workbench.action.open${isRemote ? 'Remote' : ''}Settings`, { query: `segue.${key}` });
}

/** Return what the server says in the words of the editor. */
export function inEditorWords(sentence: string): string {
  return editorWords(sentence, serverSettingsByName());
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
