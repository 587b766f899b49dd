// The messages of docs/lsp.md that are not part of LSP.

import { NotificationType, RequestType, type Command, type Position, type Range } from 'vscode-languageclient/node';

export interface VersionedDocument {
  readonly uri: string;
  readonly version: number;
}

export interface StatusParams {
  readonly kind: 'Normal' | 'Warning' | 'Error' | 'Inactive';
  readonly busy: boolean;
  readonly message: string;
  readonly segue?: {
    readonly state?: 'starting' | 'ready' | 'busy' | 'warming' | 'offline' | 'paused';
    readonly model?: string;
    readonly engines?: readonly string[];
    readonly lastError?: string;
    readonly silence?: string;
    readonly latencyMs?: number;
    readonly paused?: boolean;
    readonly index?: { readonly state?: string; readonly files?: number };
  };
}

export interface NextEditItem {
  readonly id: string;
  readonly textDocument: { readonly uri: string; readonly version: number | null };
  readonly range: Range;
  /** null marks a place without content: jump there, nothing to apply. */
  readonly text: string | null;
  readonly kind: string;
  readonly confidence: number;
  readonly reason: string;
  /** What is to be filled in once the edit is applied. */
  readonly placeholder?: Range | null;
  readonly command?: Command;
}

export interface NextEditsParams {
  readonly textDocument: VersionedDocument;
  readonly position: Position;
  readonly limit?: number;
}

export interface NextEditsResult {
  readonly shown: boolean;
  readonly silence: string;
  readonly edits: readonly NextEditItem[];
}

interface Feedback {
  readonly item: { readonly command: { readonly arguments: readonly string[] } };
}

export function feedback(id: string): Feedback {
  return { item: { command: { arguments: [id] } } };
}

export const StatusRequest = new RequestType<Record<string, never>, StatusParams, void>('segue/status');
export const StatusNotification = new NotificationType<StatusParams>('didChangeStatus');
export const NextEditsRequest = new RequestType<NextEditsParams, NextEditsResult | null, void>('segue/nextEdits');
export const RefreshNotification = new NotificationType<{
  textDocument: VersionedDocument;
  position: Position;
  feature?: string;
}>('segue/refresh');
export const DidFocus = new NotificationType<{ textDocument: { uri: string } }>('textDocument/didFocus');
export const DidChangeCursor = new NotificationType<{
  textDocument: VersionedDocument;
  position: Position;
  visible?: Range;
}>('segue/didChangeCursor');
export const DidChangeDiagnostics = new NotificationType<{
  textDocument: { uri: string };
  diagnostics: readonly { range: Range; severity: number; message: string }[];
}>('segue/didChangeDiagnostics');
export const DidShowCompletion = new NotificationType<Feedback>('textDocument/didShowCompletion');
export const DidPartiallyAccept = new NotificationType<Feedback & { acceptedLength: number }>(
  'textDocument/didPartiallyAcceptCompletion',
);
export const DidShowInlineEdit = new NotificationType<Feedback>('textDocument/didShowInlineEdit');
export const DidReject = new NotificationType<{ id: string; reason?: string }>('segue/didReject');

export interface FoundServer {
  readonly provider: string;
  readonly title: string;
  readonly endpoint: string;
  readonly models: readonly { readonly name: string; readonly uses: readonly string[] }[];
}

export interface ServerParams {
  /** An address in any form; none looks on this machine. */
  readonly endpoint?: string;
  readonly model?: string;
  readonly key?: string;
  readonly chatOnly?: boolean;
  /** Whether the server keeps the key. */
  readonly keepKey?: boolean;
}

export interface FoundServers {
  readonly servers: readonly FoundServer[];
  readonly problem: string;
  readonly reason: string;
}

export interface Connected {
  readonly works: boolean;
  readonly problem: string;
  readonly done: readonly string[];
  readonly section?: 'model' | 'chat';
  readonly completion?: string;
  readonly chat?: string;
}

export const FindServersRequest = new RequestType<ServerParams, FoundServers, void>('segue/findServers');
export const ConnectRequest = new RequestType<ServerParams, Connected, void>('segue/connect');
