// Runs inside VS Code's extension host: tells and sets what two documents hold, over a port of the loopback.

const { writeFileSync } = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const vscode = require('vscode');

const NAMES = ['a.txt', 'b.txt'];

function uri(name) {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, name);
}

async function start(texts) {
  // One edit for each document: undoing one of them must not touch the other.
  for (const [index, name] of NAMES.entries()) {
    const document = await vscode.workspace.openTextDocument(uri(name));
    const end = document.lineAt(document.lineCount - 1).range.end;
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), texts[index]);
    await vscode.workspace.applyEdit(edit);
  }
  for (const name of [...NAMES].reverse()) {
    const editor = await vscode.window.showTextDocument(uri(name), { preview: false });
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(end, end);
  }
}

async function state() {
  // A round trip: by then the window has told all that it did before.
  await vscode.commands.executeCommand('setContext', 'segue.test', true);
  const editor = vscode.window.activeTextEditor;
  const texts = NAMES.map((name) => {
    const found = vscode.workspace.textDocuments.find((document) => path.basename(document.uri.path) === name);
    return found ? found.getText() : '';
  });
  const active = editor ? NAMES.indexOf(path.basename(editor.document.uri.path)) : -1;
  return { texts, active, cursor: editor ? editor.document.offsetAt(editor.selection.active) : 0 };
}

exports.run = () =>
  new Promise(() => {
    const server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', async () => {
        if (request.method === 'POST') {
          await start(JSON.parse(body));
        }
        response.end(JSON.stringify(await state()));
      });
    });
    server.listen(0, '127.0.0.1', () => writeFileSync(path.join(uri('').fsPath, 'port'), String(server.address().port)));
  });
