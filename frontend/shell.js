/** What the page consists of, kept by the browser: so it opens without a network, too. */
const SHELL = 'durable-chat shell';

/** Only where browsers allow it, which is not on plain http. */
export async function keepShell() {
  if (!isSecureContext || !('serviceWorker' in navigator)) {
    return;
  }
  try {
    await navigator.serviceWorker.register(/** @type {string} */ (workerAddress()));
    const files = performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name))
      .filter(
        ({ origin, pathname }) => origin === location.origin && /\.(js|css|svg)$/.test(pathname),
      )
      .map(({ href }) => href);
    const cache = await caches.open(SHELL);
    await cache.addAll([location.pathname, ...new Set(files)]);
  } catch {
    // It works without; it only will not open offline.
  }
}

/**
 * A worker is a script, and this page takes scripts from no string: the policy allows this one rule
 * to be made, once, and all that it ever allows is the worker.
 */
function workerAddress() {
  const address = 'worker.js';
  const { trustedTypes } = /** @type {any} */ (globalThis);
  return (
    trustedTypes?.createPolicy('shell', { createScriptURL: () => address }).createScriptURL('') ??
    address
  );
}
