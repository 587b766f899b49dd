// A file to try Segue on: an untitled document, so that nothing of it is left behind.

import * as vscode from 'vscode';

const SAMPLE = `# A file to try Segue on. It is not saved anywhere.


def gross_price(net, rate):
    """Return the price with tax."""
    return net * (1 + rate)


bread = gross_price(2.50, 0.07)
butter = gross_price(3.20, 0.07)
coffee = gross_price(8.90, 0.19)

`;

/** Open the sample with the cursor where something is to be written; the one that is open already is shown again. */
export async function openSample(): Promise<void> {
  const uri = vscode.Uri.from({ scheme: 'untitled', path: 'segue-sample.py' });
  const document = await vscode.workspace.openTextDocument(uri);
  if (!document.getText()) {
    const fill = new vscode.WorkspaceEdit();
    fill.insert(uri, new vscode.Position(0, 0), SAMPLE);
    await vscode.workspace.applyEdit(fill);
  }
  const { end } = document.lineAt(document.lineCount - 1).range;
  const selection = new vscode.Range(end, end);
  await vscode.window.showTextDocument(document, { preview: false, viewColumn: vscode.ViewColumn.Beside, selection });
}
