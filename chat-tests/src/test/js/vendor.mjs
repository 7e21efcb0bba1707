// Brings the libraries of the page from npm into frontend/vendor, exactly as they are published,
// with their licences and a manifest of what each file is. Run by hand, to change a version:
//
//   node chat-tests/src/test/js/vendor.mjs
//
// A second run changes nothing; PageFilesTest holds the files to the manifest.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files by the names they have here. htm's bundle holds Preact, of which only the licence is taken. */
const PACKAGES = [
	{
		name: 'htm',
		version: '3.1.1',
		licence: 'Apache-2.0',
		files: { 'htm-preact.js': 'preact/standalone.module.js', 'htm-LICENSE.txt': 'LICENSE' },
	},
	{
		name: 'marked',
		version: '18.2.1',
		licence: 'MIT',
		files: { 'marked.js': 'lib/marked.esm.js', 'marked-LICENSE.txt': 'LICENSE' },
	},
	{
		name: 'preact',
		version: '10.11.3',
		licence: 'MIT',
		files: { 'preact-LICENSE.txt': 'LICENSE' },
	},
];

const vendor = fileURLToPath(new URL('../../../../frontend/vendor/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vendor-'));
try {
	const manifest = PACKAGES.map(({ name, version, licence, files }) => {
		const pack = ['pack', `${name}@${version}`, '--json', '--ignore-scripts'];
		const [{ filename, integrity }] = JSON.parse(
			execFileSync('npm', pack, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }),
		);
		const hashes = Object.entries(files).map(([file, path]) => {
			const bytes = execFileSync('tar', ['-xzOf', filename, `package/${path}`], { cwd: folder });
			writeFileSync(join(vendor, file), bytes);
			return { file, path, sha384: createHash('sha384').update(bytes).digest('base64') };
		});
		return { name, version, licence, integrity, files: hashes };
	});
	writeFileSync(join(vendor, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
} finally {
	rmSync(folder, { recursive: true });
}
