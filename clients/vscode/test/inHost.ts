// Tests that run inside the extension host, with the whole of the editor's API; see tests/editors/test_vscode_in_host.py.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Api } from '../src/extension';

type Manifest = { contributes: { commands: { command: string }[] } };

const tests: Record<string, (extension: vscode.Extension<Api>) => Promise<unknown>> = {
  'activates and tells how long it took': async (extension) => {
    const api = await extension.activate();
    assert.ok(api.activationMs > 0);
    return api.activationMs;
  },
  'registers every command of its manifest': async (extension) => {
    const known = new Set(await vscode.commands.getCommands(true));
    const declared = (extension.packageJSON as Manifest).contributes.commands.map(({ command }) => command);
    assert.deepEqual(declared.filter((command) => !known.has(command)), []);
  },
  'starts its server and says what it does': async (extension) => {
    await extension.exports.settled;
    await until(() => extension.exports.status() === 'scripted is ready');
  },
  'restarts without leaving a command behind twice': async (extension) => {
    await vscode.commands.executeCommand('segue.restartServer');
    await until(() => extension.exports.status() === 'scripted is ready');
    const all = await vscode.commands.getCommands(true);
    assert.equal(all.filter((command) => command === 'segue.accept').length, 1);
  },
  'applies a next edit in a file with CRLF endings and leaves them': async () => {
    const file = vscode.Uri.joinPath(folder(), 'crlf.py');
    const document = await vscode.workspace.openTextDocument(file);
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), 'total = 1\n'));
    await vscode.commands.executeCommand('segue.showNextEdit');
    await vscode.commands.executeCommand('segue.nextEditTab');
    await vscode.commands.executeCommand('segue.nextEditTab');
    await until(() => document.getText().includes('total(x)'));
    assert.equal(document.getText(), 'total = 1\r\nx = 1\r\nprint(total(x))\r\nend\r\n');
  },
  'shows nothing in a document that changed after the answer': async () => {
    const file = vscode.Uri.joinPath(folder(), 'crlf.py');
    const editor = await vscode.window.showTextDocument(file);
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('segue.showNextEdit');
    await editor.edit((builder) => builder.insert(new vscode.Position(2, 6), 'X'));
    const before = editor.document.getText();
    await vscode.commands.executeCommand('segue.nextEditTab');
    assert.equal(editor.document.getText(), before);
  },
};

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<Api>('segue.segue');
  assert.ok(extension);
  const results: Record<string, unknown> = {};
  for (const [name, test] of Object.entries(tests)) {
    try {
      results[name] = { ok: true, value: await test(extension) };
    } catch (error) {
      results[name] = { ok: false, value: error instanceof Error ? error.stack : String(error) };
    }
  }
  writeFileSync(vscode.Uri.joinPath(folder(), 'results.json').fsPath, JSON.stringify(results));
}

function folder(): vscode.Uri {
  const first = vscode.workspace.workspaceFolders?.[0];
  assert.ok(first);
  return first.uri;
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition()) {
    assert.ok(Date.now() < end, 'waited too long');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
