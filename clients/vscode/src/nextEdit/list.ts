// The list of next edits: choose one, and it is shown where it is.

import * as vscode from 'vscode';
import type { NextEdits } from './controller';
import { difference, placeOf } from './edit';
import type { Proposal } from './source';

type Item = vscode.QuickPickItem & { readonly proposal: Proposal };

export async function chooseNextEdit(edits: NextEdits): Promise<void> {
  const answer = await edits.ask();
  if (!answer?.proposals.length) {
    void vscode.window.showInformationMessage(answer?.silence || 'Segue sees no next edit here.');
    return;
  }
  const items = answer.proposals.map(toItem);
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Next edits',
    placeHolder: 'Choose an edit to look at it; Tab then applies it',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen) {
    await edits.jump(chosen.proposal);
  }
}

function toItem(proposal: Proposal): Item {
  const { removed, inserted } = difference(proposal);
  const place = `${vscode.workspace.asRelativePath(vscode.Uri.parse(proposal.uri))}:${placeOf(proposal).start.line + 1}`;
  return {
    label: proposal.placeOnly ? `$(location) ${place}` : `$(edit) ${place}`,
    description: `${proposal.reason || proposal.kind} · ${Math.round(proposal.confidence * 100)} %`,
    detail: proposal.placeOnly ? '' : `${oneLine(removed) || '(nothing)'} → ${oneLine(inserted) || '(removed)'}`,
    proposal,
  };
}

function oneLine(text: string): string {
  const folded = text.trim().replace(/\s+/g, ' ');
  return folded.length > 60 ? `${folded.slice(0, 59)}…` : folded;
}
