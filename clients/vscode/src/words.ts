// What the server says, in the words of this editor: its commands and settings instead of those of the command line.

const COMMANDS: Readonly<Record<string, { readonly title: string; readonly command: string }>> = {
  'segue connect': { title: 'Segue: Connect a Model', command: 'segue.connect' },
  'segue doctor': { title: 'Segue: Check the Setup (segue doctor)', command: 'segue.doctor' },
  'segue model pull smollm2-135m': { title: 'Segue: Download the Small Model (98 MB)', command: 'segue.pullModel' },
};
const COMMAND = /`(segue [^`]+)`/g;
const SETTING = /\b[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*\b/g;

/** The commands that links of an answer may call. */
export const LINKED_COMMANDS: readonly string[] = Object.values(COMMANDS).map(({ command }) => command);

/** Return a sentence with the commands and settings of the editor; `settings` are its own, by the server's names. */
export function editorWords(sentence: string, settings: ReadonlyMap<string, string>): string {
  return sentence
    .replace(COMMAND, (whole, line: string) => (COMMANDS[line] ? `“${COMMANDS[line].title}”` : whole))
    .replace(SETTING, (name) => (settings.has(name) ? `segue.${settings.get(name)}` : name));
}

/** Return a line of Markdown in which commands of the command line are links to those of the editor. */
export function commandLinks(line: string): string {
  return line.replace(COMMAND, (whole, name: string) => (COMMANDS[name] ? `[${COMMANDS[name].title}](command:${COMMANDS[name].command})` : whole));
}
