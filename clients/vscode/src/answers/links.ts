// Links of an answer to places in files: VS Code's Markdown refuses `file:`, so they become links to one command.

import { commandLinks } from '../words';

export const OPEN_PLACE = 'segue.openPlace';

const FENCE = /^ {0,3}(```|~~~)/;
const FILE_LINK = /\]\((?:<(file:\/\/[^<>\s]+)>|(file:\/\/[^)\s<>]+))\)/g;

/** Return Markdown in which links to files call `OPEN_PLACE`, and commands are links; blocks of code stay as they are. */
export function linkToCommand(markdown: string): string {
  let inCode = false;
  return markdown
    .split('\n')
    .map((line) => {
      if (FENCE.test(line)) {
        inCode = !inCode;
        return line;
      }
      return inCode ? line : commandLinks(line).replace(FILE_LINK, (_link, quoted?: string, bare?: string) => `](${commandUri(quoted ?? bare ?? '')})`);
    })
    .join('\n');
}

function commandUri(uri: string): string {
  // encodeURIComponent leaves brackets and quotes alone, which would end the link.
  const argument = encodeURIComponent(JSON.stringify([uri])).replace(/[()'!*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return `command:${OPEN_PLACE}?${argument}`;
}

/** Split a URI into its file and the line of a fragment such as `L29` or `L29-L35`, counted from 0. */
export function splitPlace(uri: string): { readonly file: string; readonly line: number } {
  const [file = '', fragment = ''] = uri.split('#', 2);
  const line = Number(/^L(\d+)/.exec(fragment)?.[1] ?? 1);
  return { file, line: Math.max(0, line - 1) };
}
