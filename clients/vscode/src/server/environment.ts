// The private virtual environment that the extension can make for its server, from the wheel it carries.

import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Python } from './python';
import { run } from './run';

const STAMP = 'segue-is-complete';
const PREFIX = 'server-';
// The folder that happens to be the current one, a cloned repository perhaps, is no place to import or take settings from.
const ISOLATED = ['-P', '-m'] as const;

interface Steps {
  readonly token: vscode.CancellationToken;
  readonly report: (message: string) => void;
}

export class PrivateEnvironment {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The interpreter of the environment made from this extension's wheel; undefined while there is none. */
  async interpreter(): Promise<string | undefined> {
    const folder = await this.folder();
    return folder && (await exists(path.join(folder, STAMP))) ? interpreterOf(folder) : undefined;
  }

  /** Whether an earlier version of the extension made an environment: its server is then out of date. */
  async isOutdated(): Promise<boolean> {
    const names = await fs.readdir(this.context.globalStorageUri.fsPath).catch(() => [] as string[]);
    return names.some((name) => name.startsWith(PREFIX)) && !(await this.interpreter());
  }

  /**
   * Make the environment, telling each step in a progress notification that can be cancelled. Throws an `Error` with
   * one sentence for the user; what it leaves behind is never taken for a complete environment.
   */
  async create(python: Python): Promise<void> {
    const folder = await this.folder();
    const wheel = await this.wheel();
    if (!folder || !wheel) {
      throw new Error('This build of the extension carries no server.');
    }
    const title = 'Segue: setting up the language server';
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        progress.report({ message: `creating an environment with Python ${python.version}` });
        await fs.rm(folder, { recursive: true, force: true });
        await fs.mkdir(path.dirname(folder), { recursive: true });
        const steps: Steps = { token, report: (message) => progress.report({ message }) };
        if (!(await this.withUv(python, folder, wheel, steps))) {
          await this.withPip(python, folder, wheel, steps);
        }
        await fs.writeFile(path.join(folder, STAMP), new Date().toISOString());
        await this.removeOthers(folder);
      },
    );
  }

  /** Install with uv, which takes a tenth of the time; false where it is not there or does not manage. */
  private async withUv(python: Python, folder: string, wheel: string, { token, report }: Steps): Promise<boolean> {
    if (proxy().length || (await run('uv', ['--version'], { timeoutMs: 5_000 })).code !== 0) {
      return false;
    }
    try {
      await this.step('uv', ['venv', '--quiet', '--python', python.path, folder], token);
      report('downloading packages from PyPI');
      await this.step('uv', ['pip', 'install', '--python', interpreterOf(folder), `${wheel}[local]`], token);
      return true;
    } catch (error) {
      if (error instanceof vscode.CancellationError) {
        throw error;
      }
      this.log.warn(`uv did not install the server, pip is tried: ${String(error)}`);
      await fs.rm(folder, { recursive: true, force: true });
      return false;
    }
  }

  private async withPip(python: Python, folder: string, wheel: string, { token, report }: Steps): Promise<void> {
    await this.step(python.path, [...ISOLATED, 'venv', folder], token);
    report('downloading packages from PyPI');
    // Python compiles what it imports by itself; compiling all of it here takes a third of the time.
    const install = [...ISOLATED, 'pip', 'install', '--no-compile', '--disable-pip-version-check', '--no-input', ...proxy()];
    await this.step(interpreterOf(folder), [...install, `${wheel}[local]`], token, (line) => {
      const step = /^(Collecting|Downloading|Installing collected packages)\b[: ]*([\w.-]*)/.exec(line);
      if (step) {
        report(step[1] === 'Collecting' ? `fetching ${step[2]}` : 'installing packages');
      }
    });
  }

  private async step(
    program: string,
    args: readonly string[],
    token: vscode.CancellationToken,
    onLine: (line: string) => void = () => undefined,
  ): Promise<void> {
    this.log.info(`$ ${program} ${args.join(' ')}`);
    const logged = (line: string): void => {
      this.log.info(line);
      onLine(line);
    };
    const cwd = this.context.globalStorageUri.fsPath;
    const { code, output } = await run(program, args, { token, cwd, onLine: logged, timeoutMs: 20 * 60_000 });
    if (token.isCancellationRequested) {
      throw new vscode.CancellationError();
    }
    if (code !== 0) {
      throw new Error(explain(output));
    }
  }

  private async folder(): Promise<string | undefined> {
    const wheel = await this.wheel();
    if (!wheel) {
      return undefined;
    }
    const hash = createHash('sha256').update(await fs.readFile(wheel)).digest('hex').slice(0, 12);
    return path.join(this.context.globalStorageUri.fsPath, PREFIX + hash);
  }

  private async wheel(): Promise<string | undefined> {
    const folder = this.context.asAbsolutePath(path.join('out', 'server'));
    const names = await fs.readdir(folder).catch(() => [] as string[]);
    const name = names.find((candidate) => candidate.endsWith('.whl'));
    return name && path.join(folder, name);
  }

  private async removeOthers(kept: string): Promise<void> {
    const storage = path.dirname(kept);
    for (const name of await fs.readdir(storage)) {
      if (name.startsWith(PREFIX) && name !== path.basename(kept)) {
        await fs.rm(path.join(storage, name), { recursive: true, force: true });
      }
    }
  }
}

function interpreterOf(folder: string): string {
  return process.platform === 'win32'
    ? path.join(folder, 'Scripts', 'python.exe')
    : path.join(folder, 'bin', 'python');
}

function proxy(): string[] {
  const address = vscode.workspace.getConfiguration('http').get<string>('proxy');
  return address ? ['--proxy', address] : [];
}

/** Turn what venv or pip printed into one sentence. */
function explain(output: string): string {
  if (/ensurepip|python3?[\d.]*-venv/.test(output)) {
    return 'This Python cannot create virtual environments; on Debian and Ubuntu install python3-venv.';
  }
  if (/NewConnectionError|Temporary failure in name resolution|ProxyError|getaddrinfo|timed out/i.test(output)) {
    return 'The Python package index cannot be reached; check the network or the http.proxy setting.';
  }
  if (/No space left/i.test(output)) {
    return 'The disk is full.';
  }
  const last = output.trim().split(/\r?\n/).filter((line) => /error/i.test(line)).pop();
  return last ?? 'Setting up the environment failed; the log tells more.';
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
