// Writes the server's settings into the manifest:  segue config --vscode | node scripts/settings.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package.json', import.meta.url);
const manifest = JSON.parse(readFileSync(path, 'utf8'));
const properties = JSON.parse(readFileSync(0, 'utf8'));
const groups = manifest.contributes.configuration.filter(({ title }) => title !== 'Segue: Server');
manifest.contributes.configuration = [...groups, { title: 'Segue: Server', order: 2, properties }];
writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
