// Running a short command and reading what it printed.

import { spawn } from 'node:child_process';
import type { CancellationToken } from 'vscode';

export interface Finished {
  readonly code: number;
  readonly output: string;
}

export interface RunOptions {
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly token?: CancellationToken;
  readonly onLine?: (line: string) => void;
}

/** Run a program without a shell. It never throws: a program that cannot start ends with code 127. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    let partial = '';
    const read = (chunk: Buffer): void => {
      const text = chunk.toString();
      output += text;
      const lines = (partial + text).split(/\r?\n/);
      partial = lines.pop() ?? '';
      lines.forEach((line) => options.onLine?.(line));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    const end = (code: number): void => {
      clearTimeout(timer);
      cancelled?.dispose();
      if (partial) {
        options.onLine?.(partial);
      }
      resolve({ code, output });
    };
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 15_000);
    const cancelled = options.token?.onCancellationRequested(() => child.kill());
    child.on('error', (error) => {
      output += error.message;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}
