// Writes the server's settings into the manifest, a group for each section:  segue config --vscode | node scripts/settings.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package.json', import.meta.url);
const manifest = JSON.parse(readFileSync(path, 'utf8'));
const [editor] = manifest.contributes.configuration;
const groups = new Map();
for (const [name, described] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  const section = name.split('.')[1];
  groups.set(section, { ...groups.get(section), [name]: described });
}
const titled = [...groups].map(([section, properties], index) => ({ title: title(section), order: index + 2, properties }));
manifest.contributes.configuration = [editor, ...titled];
writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);

/** `nextEdit` is titled Next Edit. */
function title(section) {
  return section.replace(/^[a-z]/, (first) => first.toUpperCase()).replace(/([a-z])([A-Z])/g, '$1 $2');
}
