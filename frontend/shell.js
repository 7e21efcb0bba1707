/** What the page consists of, kept by the browser: so it opens without a network, too. */
const SHELL = 'durable-chat shell';
const WORKER = 'worker.js';
/** There only after the first drawing of a room. */
const ICONS = new URL('icons.svg', location.href).pathname;
const WAIT_MS = 3000;

/** Only where browsers allow it, which is not on plain http. */
export function keepShell() {
	if (isSecureContext && 'serviceWorker' in navigator) {
		// Not while the page itself still wants the line.
		setTimeout(keep, WAIT_MS);
	}
}

async function keep() {
	try {
		await navigator.serviceWorker.register(workerAddress());
		const files = performance
			.getEntriesByType('resource')
			.map(({ name }) => new URL(name))
			.filter(({ origin, pathname }) => origin === location.origin && /\.\w+$/.test(pathname))
			.map(({ pathname }) => pathname);
		const cache = await caches.open(SHELL);
		// They have just been loaded, and need not be once more.
		const kept = [...new Set([location.pathname, ICONS, ...files])].map(
			(file) => new Request(file, { cache: 'force-cache' }),
		);
		await cache.addAll(kept);
	} catch {
		// It works without; it only will not open offline.
	}
}

/**
 * A worker is a script, and this page takes scripts from no string: the policy allows this one rule
 * to be made, once, and all that it ever allows is the worker.
 * @returns {string}
 */
function workerAddress() {
	const { trustedTypes } = /** @type {any} */ (globalThis);
	const policy = trustedTypes?.createPolicy('shell', { createScriptURL: () => WORKER });
	return policy?.createScriptURL('') ?? WORKER;
}
