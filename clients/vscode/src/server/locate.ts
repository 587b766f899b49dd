// Finding the language server: the setting, the private environment, the selected interpreter, the PATH.

import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PrivateEnvironment } from './environment';
import { selectedInterpreter } from './python';
import { run } from './run';

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly origin: string;
}

export interface Search {
  readonly found?: ServerCommand;
  /** One sentence for each place where a server was expected and did not work. */
  readonly problems: readonly string[];
}

const VERIFIED = 'server.verified';

// -P keeps the working folder out of sys.path: a cloned repository must not be able to bring its own server.
const MODULE = ['-P', '-m', 'segue_server'] as const;

/** Find the first server that answers; one that answered before is not asked again while its file is unchanged. */
export async function locateServer(
  context: vscode.ExtensionContext,
  environment: PrivateEnvironment,
): Promise<Search> {
  const problems: string[] = [];
  for (const candidate of await candidates(environment)) {
    const trouble = await check(context, candidate);
    if (trouble === undefined) {
      return { found: candidate, problems };
    }
    // A project's interpreter need not know of Segue; a server that was named or installed for it must work.
    if (candidate.origin !== 'the selected Python interpreter') {
      problems.push(`The server from ${candidate.origin} (${candidate.program}) does not start: ${trouble}`);
    }
    if (candidate.origin === SETTING) {
      break;
    }
  }
  return { problems };
}

const SETTING = 'the setting segue.client.serverPath';

async function candidates(environment: PrivateEnvironment): Promise<ServerCommand[]> {
  const list: ServerCommand[] = [];
  const configured = vscode.workspace.getConfiguration('segue.client').get<string>('serverPath', '').trim();
  if (configured) {
    const isPython = /^python[\d.]*(\.exe)?$/.test(path.basename(configured));
    list.push({ program: configured, args: isPython ? MODULE : [], origin: SETTING });
  }
  const own = await environment.interpreter();
  if (own) {
    list.push({ program: own, args: MODULE, origin: 'the private environment' });
  }
  const selected = await selectedInterpreter();
  if (selected) {
    list.push({ program: selected, args: MODULE, origin: 'the selected Python interpreter' });
  }
  const onPath = await which(process.platform === 'win32' ? 'segue.exe' : 'segue');
  if (onPath) {
    list.push({ program: onPath, args: [], origin: 'the PATH' });
  }
  return list;
}

/** Return undefined when the candidate answers, and what is wrong otherwise. */
async function check(context: vscode.ExtensionContext, candidate: ServerCommand): Promise<string | undefined> {
  const stat = await fs.stat(candidate.program).catch(() => undefined);
  if (!stat) {
    return 'there is no such file.';
  }
  const key = `${candidate.program}@${stat.mtimeMs}`;
  if (context.globalState.get(VERIFIED) === key) {
    return undefined;
  }
  const cwd = context.globalStorageUri.fsPath;
  await fs.mkdir(cwd, { recursive: true });
  const { code, output } = await run(candidate.program, [...candidate.args, 'serve', '--help'], { cwd, timeoutMs: 20_000 });
  if (code === 0) {
    await context.globalState.update(VERIFIED, key);
    return undefined;
  }
  return output.trim().split(/\r?\n/).pop() || `it ended with status ${code}.`;
}

/** Forget what answered before, so that the next search asks again. */
export async function forgetVerified(context: vscode.ExtensionContext): Promise<void> {
  await context.globalState.update(VERIFIED, undefined);
}

async function which(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    if (path.isAbsolute(file) && (await fs.access(file, fs.constants.X_OK).then(() => true, () => false))) {
      return file;
    }
  }
  return undefined;
}
