// Bundles the extension into out/extension.js, and with --tests the tests beside it.
import { build } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';

const tests = process.argv.includes('--tests');
const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  logLevel: 'warning',
};

rmSync('out', { recursive: true, force: true });
await build({ ...shared, entryPoints: ['src/extension.ts'], outfile: 'out/extension.js', minify: true });
if (tests) {
  const entryPoints = readdirSync('test').filter((name) => name.endsWith('.test.ts')).map((name) => `test/${name}`);
  await build({ ...shared, entryPoints: [...entryPoints, 'test/inHost.ts'], outdir: 'out/test', sourcemap: 'inline' });
}
