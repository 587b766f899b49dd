// The places that the index has found, as Markdown, for the time until the answer comes.

import type { Range } from 'vscode-languageclient';

export interface FoundPlace {
  readonly uri: string;
  readonly path: string;
  readonly range: Range;
  readonly symbol?: string;
  readonly signature?: string;
  readonly why?: string;
}

export function placesMarkdown(places: readonly FoundPlace[]): string {
  const rows = places.map(({ uri, path, range, symbol, signature }) => {
    const first = range.start.line + 1;
    const name = signature || symbol;
    return `- [${code(`${path}:${first}`)}](<${uri}#L${first}>)${name ? ` ${code(name)}` : ''}`;
  });
  return `*Looking at:*\n\n${rows.join('\n')}\n`;
}

/** Text that cannot end its code span. */
function code(text: string): string {
  return `\`${text.replace(/[`\n]/g, ' ')}\``;
}
