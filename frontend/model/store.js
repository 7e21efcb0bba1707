const KEY_BYTES = 32;

/**
 * What the page remembers, kept per server: neither the key nor a message ever reaches another one.
 * Where the browser keeps nothing, it is remembered until the page is left.
 */
export class Store {
	#prefix;
	#storage;

	/** @param {string} server @param {Record<string, string> | null} [storage] */
	constructor(server, storage) {
		this.#prefix = `durable-chat ${server} `;
		this.#storage = storage ?? {};
	}

	/** The browser's storage, unless it refuses. */
	static browser() {
		try {
			return globalThis.localStorage;
		} catch {
			return undefined;
		}
	}

	/** @param {string} key @returns {any} what was put, or undefined */
	get(key) {
		try {
			return JSON.parse(this.#storage[this.#prefix + key]);
		} catch {
			// Not there, not of our making, or damaged: all the same.
			return undefined;
		}
	}

	/** Undefined removes it. @param {string} key @param {unknown} value */
	put(key, value) {
		try {
			if (value === undefined) {
				delete this.#storage[this.#prefix + key];
			} else {
				this.#storage[this.#prefix + key] = JSON.stringify(value);
			}
		} catch {
			// Full, or forbidden: the page works on, and forgets when it is left.
		}
	}

	/** The keys that begin so. @param {string} start */
	keys(start) {
		return Object.keys(this.#storage)
			.filter((name) => name.startsWith(this.#prefix + start))
			.map((name) => name.slice(this.#prefix.length));
	}

	/** The secret that makes this browser the same guest each time. @returns {string} */
	key() {
		const known = this.get('key');
		if (typeof known === 'string' && known.length === 2 * KEY_BYTES) {
			return known;
		}
		const key = randomToken(KEY_BYTES);
		this.put('key', key);
		return key;
	}
}

/** Random bytes as hex. Not crypto.randomUUID, which pages on plain http do not have. @param {number} bytes */
export function randomToken(bytes) {
	const random = crypto.getRandomValues(new Uint8Array(bytes));
	return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
