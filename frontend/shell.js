const WORKER = 'worker.js';
/** There only after the first drawing of a room. */
const ICONS = new URL('icons.svg', location.href).pathname;

/**
 * Has the worker keep what the page consists of, so that it opens without a network, too. Only
 * where browsers allow it, which is not on plain http.
 */
export async function keepShell() {
	if (!isSecureContext || !('serviceWorker' in navigator)) {
		return;
	}
	try {
		await navigator.serviceWorker.register(workerAddress());
		const files = performance
			.getEntriesByType('resource')
			.map(({ name }) => new URL(name))
			.filter(({ origin, pathname }) => origin === location.origin && /\.\w+$/.test(pathname))
			.map(({ pathname }) => pathname);
		const { active } = await navigator.serviceWorker.ready;
		active?.postMessage([...new Set([location.pathname, ICONS, ...files])]);
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
