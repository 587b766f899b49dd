// The settings of the extension, and the part of them that belongs to the server.

import * as vscode from 'vscode';

/** Everything below this key concerns the extension only and never reaches the server. */
const CLIENT = 'client';

export type Settings = Record<string, unknown>;

/** The server's settings as the user set them; what was left alone is left to the server's own defaults. */
export function serverSettings(scope?: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration('segue', scope ?? null);
  const set: Settings = {};
  for (const key of serverKeys()) {
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
