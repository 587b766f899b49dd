// Bundles the extension into out/extension.js, the script of its pages into out/webview.js, and with --tests the tests beside it.
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
const page = { ...shared, platform: 'browser', format: 'iife', target: 'es2022', external: [] };
await build({ ...page, entryPoints: ['src/webview/answers.ts'], outfile: 'out/webview.js', minify: true });
if (tests) {
  const entryPoints = readdirSync('test').filter((name) => name.endsWith('.test.ts')).map((name) => `test/${name}`);
  await build({ ...shared, entryPoints: [...entryPoints, 'test/inHost.ts'], outdir: 'out/test', sourcemap: 'inline' });
}
