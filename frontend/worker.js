/// <reference lib="webworker" />
/** Takes the page's own files from the network, and without one, from what it keeps. */
const SHELL = 'durable-chat shell';
const KINDS = ['document', 'script', 'style', 'image', 'manifest', 'json'];
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const isShell = request.method === 'GET' && KINDS.includes(request.destination);
	if (isShell && new URL(request.url).origin === worker.location.origin) {
		event.respondWith(networkFirst(request));
	}
});

worker.addEventListener('message', (event) => event.waitUntil(keep(event.data)));

/** The page has just loaded them: they need not be loaded once more. @param {string[]} files */
async function keep(files) {
	const cache = await caches.open(SHELL);
	await cache.addAll(files.map((file) => new Request(file, { cache: 'force-cache' })));
}

/** @param {Request} request */
async function networkFirst(request) {
	const cache = await caches.open(SHELL);
	const isPage = request.destination === 'document';
	try {
		const response = await fetch(request);
		if (response.ok && !response.redirected) {
			await cache.put(isPage ? new URL(request.url).pathname : request, response.clone());
		}
		return response;
	} catch (error) {
		const kept = await cache.match(request, { ignoreSearch: isPage });
		if (kept) {
			return kept;
		}
		throw error;
	}
}
