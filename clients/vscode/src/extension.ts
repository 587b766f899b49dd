// The composition root: builds the parts, joins them, registers the commands. It waits for nothing.

import * as vscode from 'vscode';
import { enterApiKey } from './apiKey';
import { AskView } from './answers/askView';
import { registerPlaceOpener } from './answers/page';
import { Assist, COMPARE_COMMAND, EDIT_COMMAND, EXPLAIN_COMMAND, TESTS_COMMAND } from './assist';
import { warnAboutOthers, yieldToOtherChats } from './conflicts';
import { connectModel } from './connect';
import { CursorReporter } from './cursor';
import { DiagnosticsReporter } from './diagnostics';
import { runInTerminal } from './doctor';
import { FollowUps } from './followUps';
import { GhostText } from './ghostText';
import { LastCompletionView } from './lastCompletion';
import { showMenu } from './menu';
import { NextEdits } from './nextEdit/controller';
import { chooseNextEdit } from './nextEdit/list';
import { Pause } from './pause';
import { ModelDownload } from './download';
import { Session } from './server/session';
import { serverSettings } from './settings';
import { openSample } from './sample';
import { Setup } from './setup';
import { StatisticsView } from './statistics';
import { Status } from './status';

export interface Api {
  /** What the extension itself took to activate, without waiting for the server. */
  readonly activationMs: number;
  /** Resolves when the server runs, or is known not to. */
  readonly settled: Promise<void>;
  readonly status: () => string;
}

let session: Session | undefined;

export function activate(context: vscode.ExtensionContext): Api {
  const began = performance.now();
  const log = vscode.window.createOutputChannel('Segue', { log: true });
  const pause = new Pause(context);
  const parts: { ghost?: GhostText; assist?: Assist } = {};
  const followUps = new FollowUps();
  const running = (session = new Session(context, log, {
    provideInlineCompletionItems: (...request) => parts.ghost?.provide(...request),
    provideCodeActions: async (document, range, given, token, next) => {
      const actions = await next(document, range, given, token);
      parts.assist?.fixesOffered(document, actions ?? []);
      followUps.keep(actions ?? []);
      return actions;
    },
    // Code actions of the server whose answers are shown here: on the page, or as a change to decide about.
    executeCommand: (command, args, next) =>
      command === EXPLAIN_COMMAND
        ? parts.assist?.explain(args[0])
        : command === EDIT_COMMAND
          ? parts.assist?.edit(args[0])
          : command === TESTS_COMMAND
            ? parts.assist?.writeTests(args[0])
            : next(command, args),
    workspace: {
      // Only what the user set: the server's own defaults and its user file decide about the rest.
      configuration: (params) =>
        params.items.map(({ section, scopeUri }) =>
          section === 'segue' ? serverSettings(scopeUri ? vscode.Uri.parse(scopeUri) : undefined) : null,
        ),
    },
  }));
  const ghost = (parts.ghost = new GhostText(session, pause, log));
  const status = new Status(session, pause);
  const edits = new NextEdits(session, pause, ghost, log);
  const last = new LastCompletionView(session);
  const statistics = new StatisticsView(session);
  const assist = (parts.assist = new Assist(context, session));
  const ask = new AskView(context, session);
  const setup = new Setup(context, session, status, log);
  const download = new ModelDownload(context, log, () => setup.restart());
  const views = [last, statistics, assist, ask];
  context.subscriptions.push(log, pause, followUps, session, ghost, status, edits, ...views, registerPlaceOpener(), new CursorReporter(session));
  context.subscriptions.push(new DiagnosticsReporter(session));
  context.subscriptions.push(session.onDidEnd((reason) => reason && void setup.report(reason)));

  const commands: Record<string, (...given: never[]) => unknown> = {
    'segue.menu': () => showMenu(status, pause, download),
    'segue.setUp': () => setup.createEnvironment(),
    'segue.restartServer': () => setup.restart(),
    'segue.openLog': () => log.show(),
    'segue.openSettings': () => vscode.commands.executeCommand('workbench.action.openSettings', '@ext:segue.segue'),
    'segue.pauseSuggestions': () => pause.choose(),
    'segue.resumeSuggestions': () => pause.resume(vscode.window.activeTextEditor?.document.languageId ?? ''),
    'segue.suggest': () => vscode.commands.executeCommand('editor.action.inlineSuggest.trigger'),
    'segue.dismissSuggestion': () => ghost.dismiss(),
    'segue.showLastCompletion': () => last.show(),
    'segue.nextEditTab': (key) => edits.tab(key),
    'segue.dismissNextEdit': () => edits.dismiss(),
    'segue.showNextEdit': () => edits.update(true),
    'segue.listNextEdits': () => chooseNextEdit(edits),
    'segue.explain': () => assist.explain(),
    'segue.edit': () => assist.edit(),
    'segue.ask': () => ask.focus(),
    'segue.askAboutSelection': () => ask.askAboutSelection(),
    'segue.newConversation': () => ask.startAnew(),
    'segue.earlierConversations': () => ask.chooseFromHistory(),
    'segue.forgetConversations': () => ask.clearHistory(),
    'segue.writeTests': () => assist.writeTests(),
    'segue.acceptHunk': (id) => assist.review.accept(id),
    'segue.rejectHunk': (id) => assist.review.reject(id),
    'segue.acceptChange': () => assist.review.acceptAll(),
    'segue.rejectChange': () => assist.review.close(),
    'segue.showChangeAsDiff': () => assist.review.showAsDiff(),
    [COMPARE_COMMAND]: (uri: string, version: number) => assist.fixApplied(uri, version),
    'segue.comment': () => assist.comment(),
    'segue.commitMessage': (provider) => assist.commitMessage(provider),
    'segue.doctor': () => runInTerminal(context, log, 'segue doctor', ['doctor']),
    'segue.connect': () => connectModel({ session: running, secrets: context.secrets, restart: () => setup.restart() }),
    'segue.pullModel': () => download.start(),
    'segue.openSample': () => openSample(context.globalStorageUri),
    'segue.statistics': () => statistics.show(),
    'segue.enterApiKey': async () => (await enterApiKey(context)) && setup.restart(),
    'segue.openWalkthrough': () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'segue.segue#segue.start'),
  };
  for (const [name, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  }
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('segue.client.serverPath')) {
        void setup.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void setup.restart()),
  );
  const settled = setup.start();
  yieldToOtherChats();
  void warnAboutOthers(context);
  const activationMs = performance.now() - began;
  log.info(`Activated in ${activationMs.toFixed(1)} ms`);
  return { activationMs, settled, status: () => status.sentence };
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}
