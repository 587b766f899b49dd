// Looks for known faults in the packages of the extension, with a lock file that is thrown away: a lock file names the
// registry's address. What ships must have none; those of the tools that build it are told. Where the registry answers no
// such question, it says so and succeeds.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SHIPPED = ['vscode-languageclient'];
const { devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'segue-audit-'));
process.exitCode = audit();
rmSync(folder, { recursive: true });

function audit() {
  const shipped = Object.entries(devDependencies).filter(([name]) => SHIPPED.includes(name));
  const tools = Object.entries(devDependencies).filter(([name]) => !SHIPPED.includes(name));
  const manifest = { private: true, dependencies: Object.fromEntries(shipped), devDependencies: Object.fromEntries(tools) };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const locked = npm('install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
  if (locked.status !== 0) {
    return skipped(`npm made no lock file: ${lastLine(locked)}`);
  }
  const faults = faultsOf(npm('audit', '--omit=dev', '--json'));
  const all = faultsOf(npm('audit', '--json'));
  if (typeof faults === 'string' || typeof all === 'string') {
    return skipped(`the registry cannot be asked: ${faults}`);
  }
  console.log(`npm audit: ${faults.length} faults in what ships, ${all.length - faults.length} in what builds it`);
  all.forEach(({ name, severity, range }) => console.log(`  ${severity} ${name} ${range}`));
  return faults.length ? 1 : 0;
}

function npm(...args) {
  return spawnSync('npm', args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32', timeout: 120_000 });
}

/** The faults that a report lists, or why there is no report. */
function faultsOf({ stdout }) {
  try {
    const { vulnerabilities, message } = JSON.parse(stdout);
    return vulnerabilities ? Object.values(vulnerabilities) : String(message);
  } catch {
    return 'npm printed no report';
  }
}

function skipped(why) {
  console.log(`npm audit is skipped, ${why}`);
  return 0;
}

function lastLine({ stderr }) {
  return String(stderr).trim().split('\n').pop();
}
