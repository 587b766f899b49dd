// Documents in which Segue says nothing, whoever asks.

import type { TextDocument } from 'vscode';

const QUIET_LANGUAGES = new Set(['git-commit', 'git-rebase', 'log', 'search-result', 'code-text-binary']);
const QUIET_PATHS = /(^|[\\/])\.git[\\/]|\.code-workspace$|[\\/]\.vscode[\\/]settings\.json$/;

/** Past this size the editor itself stops tokenising; a suggestion there costs more than it helps. */
const LARGEST_LINES = 300_000;

type Described = Pick<TextDocument, 'languageId' | 'lineCount'> & { readonly uri: { scheme: string; path: string } };

/** Say in one sentence why nothing is suggested in `document`; the empty string where suggestions are welcome. */
export function quietReason(document: Described): string {
  if (!['file', 'untitled', 'vscode-notebook-cell'].includes(document.uri.scheme)) {
    return 'Segue works in files of your folders, not in this kind of view.';
  }
  if (QUIET_LANGUAGES.has(document.languageId) || QUIET_PATHS.test(document.uri.path)) {
    return 'Segue suggests nothing in files of the editor and of git.';
  }
  if (document.lineCount > LARGEST_LINES) {
    return 'This file is too large for suggestions.';
  }
  return '';
}
