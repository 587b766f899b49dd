// One language client and the life of its process: start, stop, restart, and what happens after a crash.

import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  TransportKind,
  type LanguageClientOptions,
  type Middleware,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { keyEnvironment } from '../apiKey';
import { serverSettings } from '../settings';
import type { ServerCommand } from './locate';

const MOST_CRASHES = 4;
const CRASH_WINDOW_MS = 3 * 60_000;

export class Session implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private crashes: number[] = [];
  private stopping = false;
  private readonly started = new vscode.EventEmitter<LanguageClient>();
  private readonly ended = new vscode.EventEmitter<string>();
  /** Fires with the client each time the server has answered `initialize`. */
  readonly onDidStart = this.started.event;
  /** Fires when the server is gone, with a sentence when it will not come back by itself. */
  readonly onDidEnd = this.ended.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly middleware: Middleware,
  ) {}

  /** The client of a server that is running; undefined otherwise. */
  get running(): LanguageClient | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  /** Start the server; throws when it does not answer `initialize`. */
  async start(command: ServerCommand): Promise<void> {
    await this.stop();
    this.stopping = false;
    this.log.info(`Starting ${command.program} ${[...command.args, 'serve'].join(' ')} (from ${command.origin})`);
    const client = new LanguageClient(
      'segue.client',
      'Segue',
      {
        command: command.program,
        args: [...command.args, 'serve'],
        transport: TransportKind.stdio,
        options: { cwd: this.context.globalStorageUri.fsPath, env: { ...process.env, ...(await keyEnvironment(this.context.secrets)) } },
      },
      this.options(),
    );
    client.registerFeature(declaration());
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (newState === RUNNING) {
        this.started.fire(client);
      } else if (newState === STOPPED && !this.stopping) {
        this.ended.fire('');
      }
    });
    await client.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.stopping = true;
    if (client?.needsStop()) {
      await client.stop(2000).catch((error: unknown) => this.log.warn(`The server did not stop in time: ${String(error)}`));
    }
    await client?.dispose().catch(() => undefined);
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }, { scheme: 'vscode-notebook-cell' }],
      outputChannel: this.log,
      traceOutputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      progressOnInitialization: false,
      initializationOptions: { segue: serverSettings() },
      middleware: this.middleware,
      initializationFailedHandler: (error) => {
        this.log.error(`The server refused to start: ${String(error)}`);
        return false;
      },
      errorHandler: {
        error: (error) => {
          this.log.warn(`Talking to the server failed: ${error.message}`);
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: () => this.afterCrash(),
      },
    };
  }

  /** Start again after a crash, until it happens too often; the user is told only then. */
  private afterCrash(): { action: CloseAction; handled: boolean } {
    if (this.stopping) {
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    const now = Date.now();
    this.crashes = [...this.crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    this.log.warn(`The server ended unexpectedly (${this.crashes.length} in ${CRASH_WINDOW_MS / 60_000} minutes).`);
    if (this.crashes.length <= MOST_CRASHES) {
      return { action: CloseAction.Restart, handled: true };
    }
    this.crashes = [];
    this.ended.fire('The Segue server keeps stopping, so it is not started again.');
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  dispose(): void {
    void this.stop();
    this.started.dispose();
    this.ended.dispose();
  }
}

const STOPPED = 1;
const RUNNING = 2;

/** Tells the server what this client understands beyond LSP. */
function declaration(): StaticFeature {
  return {
    fillClientCapabilities: (capabilities) => {
      const experimental = (capabilities.experimental ?? {}) as Record<string, unknown>;
      capabilities.experimental = { ...experimental, segue: { refresh: true, status: true, placeholders: true, problems: true } };
    },
    initialize: () => undefined,
    getState: () => ({ kind: 'static' }),
    clear: () => undefined,
  };
}
