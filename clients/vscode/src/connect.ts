// Finds a model server, tries one of its models, and lets the language server write the choice down: also in remote windows.

import * as vscode from 'vscode';
import { keepKey } from './apiKey';
import { ConnectRequest, FindServersRequest, type FoundServer } from './protocol';
import type { Session } from './server/session';

const EMBEDDED = '$(cloud-download) Download the small model that runs inside Segue (98 MB)';
const ADDRESS = '$(edit) Another address…';

interface Choice extends vscode.QuickPickItem {
  readonly server?: FoundServer;
  readonly model?: string;
}

/** What connecting needs of the editor. */
export interface Place {
  readonly session: Session;
  readonly secrets: vscode.SecretStorage;
  readonly restart: () => Promise<void>;
}

/** Ask for a server and a model, and use them when they work. */
export async function connectModel(place: Place): Promise<void> {
  const { session } = place;
  const client = session.running;
  if (!client) {
    await vscode.commands.executeCommand('segue.setUp');
    return;
  }
  const found = await withProgress('looking for model servers', () => client.sendRequest(FindServersRequest, {}));
  const servers = found?.servers ?? [];
  const chosen = await vscode.window.showQuickPick(choices(servers), {
    title: 'Segue: Connect a Model',
    placeHolder: servers.length ? 'Models that answer on this machine' : 'No model server answers on this machine',
  });
  if (chosen?.label === EMBEDDED) {
    await vscode.commands.executeCommand('segue.pullModel');
  } else if (chosen?.label === ADDRESS) {
    await connectAddress(place);
  } else if (chosen?.server) {
    await tryAndUse(place, chosen.server.endpoint, chosen.model ?? '', '');
  }
}

async function connectAddress(place: Place): Promise<void> {
  const { session } = place;
  const endpoint = await vscode.window.showInputBox({
    title: 'Segue: Address of the Model Server',
    placeHolder: 'http://192.168.1.7:11434, https://api.deepseek.com/beta, anthropic',
    ignoreFocusOut: true,
  });
  if (!endpoint?.trim() || !session.running) {
    return;
  }
  let key = '';
  let found = await session.running.sendRequest(FindServersRequest, { endpoint });
  if (found.reason === 'no_key') {
    key = (await vscode.window.showInputBox({ title: `Segue: key of ${endpoint}`, password: true, ignoreFocusOut: true })) ?? '';
    found = await session.running.sendRequest(FindServersRequest, { endpoint, key });
  }
  if (found.problem) {
    void vscode.window.showErrorMessage(`Segue: ${found.problem}`);
    return;
  }
  const models = choices(found.servers).filter(({ server }) => server);
  const chosen =
    models.length > 1 ? await vscode.window.showQuickPick(models, { title: `Segue: model of ${endpoint}` }) : models[0];
  if (chosen) {
    await tryAndUse(place, endpoint, chosen.model ?? '', key);
  }
}

async function tryAndUse({ session, secrets, restart }: Place, endpoint: string, model: string, key: string): Promise<void> {
  const answer = await withProgress(`trying ${model || endpoint}`, () =>
    session.running?.sendRequest(ConnectRequest, { endpoint, model, key, keepKey: false }),
  );
  if (!answer?.works) {
    void (answer && vscode.window.showErrorMessage(`Segue: ${answer.problem}`));
    return;
  }
  // A server that wants no key must not be sent that of the one before it.
  if (await keepKey(secrets, answer.section ?? 'model', key)) {
    await restart();
  }
  const kept = key ? ["The key is kept in the editor's secret storage."] : [];
  void vscode.window.showInformationMessage(`Segue: ${[...answer.done, ...kept, answer.completion].join(' ')}`);
}

function choices(servers: readonly FoundServer[]): Choice[] {
  const models = servers.flatMap((server) => {
    const listed = server.models.filter(({ uses }) => uses.length).map(({ name, uses }) => ({ name, detail: `good for ${uses.join(', ')}` }));
    return (listed.length ? listed : [{ name: '', detail: 'the model that it serves' }]).map(({ name, detail }) => ({
      label: name || server.title,
      description: `${server.title}, ${server.endpoint}`,
      detail,
      server,
      model: name,
    }));
  });
  return [...models, { label: ADDRESS }, { label: EMBEDDED }];
}

function withProgress<T>(title: string, run: () => Thenable<T> | undefined): Thenable<T | undefined> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `Segue: ${title}` }, async () => run());
}
