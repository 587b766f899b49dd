// Asks the server for next edits and turns its answer into edits that can be drawn and applied.

import * as vscode from 'vscode';
import { NextEditsRequest, type NextEditItem } from '../protocol';
import type { Session } from '../server/session';
import type { Edit, Range } from './edit';

export interface Proposal extends Edit {
  readonly id: string;
  /** Run after the edit was applied. */
  readonly command: vscode.Command | undefined;
  /** Nothing to apply: a place that probably wants attention. */
  readonly placeOnly: boolean;
  /** Selected once the edit is applied, so that the user fills it in. */
  readonly placeholder: Range | undefined;
}

export interface Answer {
  readonly proposals: readonly Proposal[];
  readonly shown: boolean;
  readonly silence: string;
}

const NOTHING: Answer = { proposals: [], shown: false, silence: 'The server is not running.' };

export async function askNextEdits(
  session: Session,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<Answer> {
  const client = session.running;
  if (!client) {
    return NOTHING;
  }
  const params = {
    textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri), version: document.version },
    position: client.code2ProtocolConverter.asPosition(position),
  };
  const result = await client.sendRequest(NextEditsRequest, params, token);
  const proposals: Proposal[] = [];
  for (const item of result?.edits ?? []) {
    const proposal = await toProposal(item, client.protocol2CodeConverter.asUri(item.textDocument.uri));
    if (proposal) {
      proposals.push(proposal);
    }
  }
  return { proposals, shown: result?.shown ?? false, silence: result?.silence ?? '' };
}

/** Drop what does not fit the document any more: another version, a range outside it, or nothing to change. */
async function toProposal(item: NextEditItem, uri: vscode.Uri): Promise<Proposal | undefined> {
  const document = await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => undefined);
  const version = item.textDocument.version;
  if (!document || (version !== null && version !== document.version)) {
    return undefined;
  }
  const { start, end } = item.range;
  const asked = new vscode.Range(start.line, start.character, end.line, end.character);
  const range = document.validateRange(asked);
  const oldText = document.getText(range);
  const text = item.text === null ? oldText : withEndings(item.text, document.eol);
  if (!range.start.isEqual(asked.start) || (item.text !== null && text === oldText)) {
    return undefined;
  }
  const { kind, confidence, reason, id, command } = item;
  return {
    id,
    uri: document.uri.toString(),
    range: { start: { ...pick(range.start) }, end: { ...pick(range.end) } },
    oldText,
    text,
    kind,
    confidence,
    reason,
    command,
    placeOnly: item.text === null,
    placeholder: item.placeholder ?? undefined,
  };
}

function pick(position: vscode.Position): { line: number; character: number } {
  return { line: position.line, character: position.character };
}

function withEndings(text: string, eol: vscode.EndOfLine): string {
  const unified = text.replace(/\r\n?/g, '\n');
  return eol === vscode.EndOfLine.CRLF ? unified.replace(/\n/g, '\r\n') : unified;
}
