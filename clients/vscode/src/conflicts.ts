// Another completion extension that is active would show its suggestions in the same place.

import * as vscode from 'vscode';

const OTHERS = new Map([
  ['github.copilot', 'GitHub Copilot'],
  ['codeium.codeium', 'Windsurf'],
  ['tabnine.tabnine-vscode', 'Tabnine'],
  ['supermaven.supermaven', 'Supermaven'],
  ['tabbyml.vscode-tabby', 'Tabby'],
  ['continue.continue', 'Continue'],
  ['sourcegraph.cody-ai', 'Cody'],
  ['ggml-org.llama-vscode', 'llama.vscode'],
  ['amazonwebservices.amazon-q-vscode', 'Amazon Q'],
  ['google.geminicodeassist', 'Gemini Code Assist'],
  ['rjmacarthy.twinny', 'twinny'],
]);
/** Extensions that change code by an instruction themselves, on Ctrl+I. */
const CHATS = ['github.copilot-chat', 'continue.continue', 'codeium.codeium', 'sourcegraph.cody-ai', 'amazonwebservices.amazon-q-vscode'];
const TOLD = 'conflicts.told';

/** Leave Ctrl+I to another extension that is there to chat. */
export function yieldToOtherChats(): void {
  const found = vscode.extensions.all.some(({ id }) => CHATS.includes(id.toLowerCase()));
  void vscode.commands.executeCommand('setContext', 'segue.otherChat', found);
}

/** Name other completion extensions once, and let the user choose. */
export async function warnAboutOthers(context: vscode.ExtensionContext): Promise<void> {
  const told = context.globalState.get<string[]>(TOLD, []);
  const active = vscode.extensions.all.filter(({ id }) => OTHERS.has(id.toLowerCase()) && !told.includes(id));
  const [first] = active;
  if (!first) {
    return;
  }
  await context.globalState.update(TOLD, [...told, ...active.map(({ id }) => id)]);
  const names = active.map(({ id }) => OTHERS.get(id.toLowerCase())).join(' and ');
  const choice = await vscode.window.showWarningMessage(
    `${names} ${active.length > 1 ? 'suggest' : 'suggests'} code too, and the editor shows whichever answers first. To use only one, disable the others in the Extensions view.`,
    `Show ${OTHERS.get(first.id.toLowerCase()) ?? first.id}`,
    'Keep both',
  );
  if (choice?.startsWith('Show')) {
    await vscode.commands.executeCommand('extension.open', first.id);
  }
}
