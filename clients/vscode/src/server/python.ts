// Finding a Python that can run the server.

import * as vscode from 'vscode';
import { run } from './run';

export interface Python {
  readonly path: string;
  readonly version: string;
}

/** What was wrong with the interpreters that were tried; `ok` holds the first good one. */
export interface PythonSearch {
  readonly ok?: Python;
  readonly problem: string;
}

const OLDEST = [3, 11] as const;
const NAMES =
  process.platform === 'win32'
    ? ['python', 'python3']
    : ['python3.13', 'python3.12', 'python3.11', 'python3.14', 'python3', 'python'];
const PROBE = 'import sys;print("%d.%d.%d"%sys.version_info[:3]);import ensurepip,venv;print("venv");print(sys.executable)';

/** Find a Python of at least 3.11 that can create virtual environments. */
export async function findPython(configured: string): Promise<PythonSearch> {
  const problems: string[] = [];
  const selected = await selectedInterpreter();
  const candidates = configured ? [configured] : [...(selected ? [selected] : []), ...NAMES];
  for (const candidate of candidates) {
    const { code, output } = await run(candidate, ['-P', '-c', PROBE], { timeoutMs: 10_000 });
    const [version = '', second, executable] = output.trim().split(/\r?\n/);
    if (code === 0 && second === 'venv') {
      return { ok: { path: executable || candidate, version }, problem: '' };
    }
    problems.push(describe(candidate, code, version, output));
  }
  const worst = configured ? problems[0] : (problems.find((text) => text.includes('venv')) ?? problems.find((text) => text.includes('older')));
  return { problem: worst ?? `No Python ${OLDEST.join('.')} or newer was found.` };
}

function describe(candidate: string, code: number, version: string, output: string): string {
  const numbers = /^(\d+)\.(\d+)\./.exec(version);
  if (numbers && (Number(numbers[1]) > OLDEST[0] || Number(numbers[2]) >= OLDEST[1])) {
    return `${candidate} (${version}) cannot create virtual environments; on Debian and Ubuntu install python3-venv.`;
  }
  if (code !== 127 && (numbers || /unknown option -P/i.test(output))) {
    return `${candidate} is older than Python ${OLDEST.join('.')}, which Segue needs.`;
  }
  return `${candidate} is not there.`;
}

interface PythonExtension {
  readonly environments?: { getActiveEnvironmentPath(): { readonly path: string } };
}

/** The interpreter selected in the Python extension, where that extension is there and running. */
export async function selectedInterpreter(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  if (!extension?.isActive || !vscode.workspace.isTrusted) {
    return undefined;
  }
  const path = extension.exports.environments?.getActiveEnvironmentPath().path;
  return path && path !== 'python' ? path : undefined;
}
