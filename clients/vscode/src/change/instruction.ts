// Asks how code is to be changed, with what was asked before to choose from.

import * as vscode from 'vscode';

const KEY = 'segue.instructions';
const MOST = 30;

/** Return an instruction, or undefined when the user thought better of it. */
export async function askInstruction(store: vscode.Memento): Promise<string | undefined> {
  const before = store.get<readonly string[]>(KEY) ?? [];
  const instruction = await pick(before);
  if (instruction) {
    await store.update(KEY, [instruction, ...before.filter((one) => one !== instruction)].slice(0, MOST));
  }
  return instruction;
}

function pick(before: readonly string[]): Promise<string | undefined> {
  const box = vscode.window.createQuickPick();
  box.title = 'Segue: Change Code';
  box.placeholder = 'What should change? (Enter asks the model)';
  const list = (): void => {
    const typed = box.value.trim();
    const rows = before.filter((one) => one !== typed).map((label) => ({ label, iconPath: new vscode.ThemeIcon('history') }));
    box.items = typed ? [{ label: typed, alwaysShow: true }, ...rows] : rows;
  };
  list();
  box.onDidChangeValue(list);
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      resolve((box.activeItems[0]?.label ?? box.value.trim()) || undefined);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
