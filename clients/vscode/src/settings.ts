// The settings of the extension, and the part of them that belongs to the server.

import * as vscode from 'vscode';
import { editorWords, serverName } from './words';

/** Everything below this key concerns the extension only and never reaches the server. */
const CLIENT = 'client';

export type Settings = Record<string, unknown>;

/**
 * The server's settings as the user set them; what was left alone is left to the server's own defaults. The server's own
 * spelling of a name counts too.
 */
export function serverSettings(scope?: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration('segue', scope ?? null);
  const set: Settings = {};
  for (const key of serverKeys().flatMap((name) => [serverName(name), name])) {
    const value = configuration.inspect(key);
    if (value && [value.globalValue, value.workspaceValue, value.workspaceFolderValue].some((one) => one !== undefined)) {
      assign(set, key.split('.'), configuration.get(key));
    }
  }
  return set;
}

function serverKeys(): string[] {
  const manifest = vscode.extensions.getExtension('segue.segue')?.packageJSON as
    | { contributes: { configuration: { properties: Settings }[] } }
    | undefined;
  const names = manifest?.contributes.configuration.flatMap((group) => Object.keys(group.properties)) ?? [];
  return names.map((name) => name.slice('segue.'.length)).filter((name) => !name.startsWith(`${CLIENT}.`));
}

/** Return the name of the editor's setting that the server calls `name`. */
export function settingOf(name: string): string {
  return `segue.${serverKeys().find((key) => serverName(key) === name) ?? name}`;
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
