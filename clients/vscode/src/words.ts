// What the server says, in the words of this editor: its commands and settings instead of those of the command line.

const UNITS: Readonly<Record<string, string>> = { Milliseconds: '_ms', Seconds: '_s', Kilobytes: '_kb' };
const COMMANDS: Readonly<Record<string, { readonly title: string; readonly command: string }>> = {
  'segue connect': { title: 'Segue: Connect a Model', command: 'segue.connect' },
  'segue doctor': { title: 'Segue: Check the Setup (segue doctor)', command: 'segue.doctor' },
  'segue model pull smollm2-135m': { title: 'Segue: Download the Small Model (98 MB)', command: 'segue.pullModel' },
};
const COMMAND = /`(segue [^`]+)`/g;
const SETTING = /\b[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*\b/g;

/** The commands that links of an answer may call. */
export const LINKED_COMMANDS: readonly string[] = Object.values(COMMANDS).map(({ command }) => command);

/** How the server spells a setting of the editor: `model.timeoutSeconds` is `model.timeout_s`. */
export function serverName(setting: string): string {
  return setting
    .replace(/(?:Milliseconds|Seconds|Kilobytes)$/, (unit) => UNITS[unit] ?? unit)
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, letter: string) => `${before}_${letter.toLowerCase()}`);
}

/** Return a sentence that names the commands and the `settings` (as the editor spells them) of the editor. */
export function editorWords(sentence: string, settings: readonly string[]): string {
  const spelled = new Map(settings.map((name) => [serverName(name), name]));
  return sentence
    .replace(COMMAND, (whole, line: string) => (COMMANDS[line] ? `“${COMMANDS[line].title}”` : whole))
    .replace(SETTING, (name) => (spelled.has(name) ? `segue.${spelled.get(name)}` : name));
}

/** Return a line of Markdown in which commands of the command line are links to those of the editor. */
export function commandLinks(line: string): string {
  return line.replace(COMMAND, (whole, name: string) => (COMMANDS[name] ? `[${COMMANDS[name].title}](command:${COMMANDS[name].command})` : whole));
}
