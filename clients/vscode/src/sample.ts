// A file to try Segue on, in the storage of the extension: written anew each time it is opened.

import * as vscode from 'vscode';

const SAMPLE = `# A file to try Segue on: it is made anew each time you open it.


def gross_price(net, rate):
    """Return the price with tax."""
    return net * (1 + rate)


bread = gross_price(2.50, 0.07)
butter = gross_price(3.20, 0.07)
coffee = gross_price(8.90, 0.19)

`;

/** Open the sample with the cursor where something is to be written. */
export async function openSample(storage: vscode.Uri): Promise<void> {
  const uri = vscode.Uri.joinPath(storage, 'sample', 'segue-sample.py');
  await vscode.workspace.fs.writeFile(uri, Buffer.from(SAMPLE));
  const document = await vscode.workspace.openTextDocument(uri);
  const { end } = document.lineAt(document.lineCount - 1).range;
  const selection = new vscode.Range(end, end);
  await vscode.window.showTextDocument(document, { preview: false, viewColumn: vscode.ViewColumn.Beside, selection });
}
