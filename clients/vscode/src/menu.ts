// What a click on the status bar entry offers.

import * as vscode from 'vscode';
import type { ModelDownload } from './download';
import type { Pause } from './pause';
import type { Status } from './status';

export async function showMenu(status: Status, pause: Pause, download: ModelDownload): Promise<void> {
  const languageId = vscode.window.activeTextEditor?.document.languageId ?? '';
  const paused = pause.reason(languageId) !== '';
  const model =
    download.progress !== undefined
      ? [{ label: `$(loading~spin) Downloading the small model: ${download.progress}`, command: 'segue.menu' }]
      : status.lacksModel
        ? [{ label: '$(cloud-download) Download the small model (98 MB)', command: 'segue.pullModel' }]
        : [];
  const entries: (vscode.QuickPickItem & { command: string })[] = [
    ...(status.problem
      ? [
          { label: '$(tools) Set up the language server', command: 'segue.setUp' },
          { label: '$(output) Open the log', command: 'segue.openLog' },
        ]
      : []),
    paused
      ? { label: '$(play) Resume suggestions', command: 'segue.resumeSuggestions' }
      : { label: '$(debug-pause) Pause suggestions…', command: 'segue.pauseSuggestions' },
    { label: '$(sparkle) Trigger a suggestion', command: 'editor.action.inlineSuggest.trigger' },
    { label: '$(comment-discussion) Ask about this repository', command: 'segue.ask' },
    { label: '$(list-ordered) Next edits…', command: 'segue.listNextEdits' },
    { label: '$(note) Details of the last suggestion', command: 'segue.showLastCompletion' },
    { label: '$(plug) Connect a model…', command: 'segue.connect' },
    ...model,
    { label: '$(pulse) Check the setup (segue doctor)', command: 'segue.doctor' },
    { label: '$(settings-gear) Settings', command: 'segue.openSettings' },
    { label: '$(debug-restart) Restart the language server', command: 'segue.restartServer' },
    ...(status.problem ? [] : [{ label: '$(output) Open the log', command: 'segue.openLog' }]),
  ];
  const chosen = await vscode.window.showQuickPick(entries, { title: 'Segue', placeHolder: status.sentence });
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command);
  }
}
