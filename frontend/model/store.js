const KEY_BYTES = 32;

/**
 * What the page remembers, kept per server: neither the key nor a message ever reaches another one.
 * Where the browser keeps nothing, it is remembered until the page is left.
 */
export class Store {
  #prefix;
  #storage;

  /** @param {string} server @param {Storage | undefined} storage */
  constructor(server, storage) {
    this.#prefix = `durable-chat ${server} `;
    this.#storage = storage ?? new Map();
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
    const { storage, name } = this.#at(key);
    const text = storage instanceof Map ? storage.get(name) : storage.getItem(name);
    try {
      return text === null || text === undefined ? undefined : JSON.parse(text);
    } catch {
      // Not of our making, or damaged: as if it were not there.
      return undefined;
    }
  }

  /** @param {string} key */
  remove(key) {
    const { storage, name } = this.#at(key);
    if (storage instanceof Map) {
      storage.delete(name);
    } else {
      storage.removeItem(name);
    }
  }

  /** The keys that begin so. @param {string} start @returns {string[]} */
  keys(start) {
    const names =
      this.#storage instanceof Map ? [...this.#storage.keys()] : Object.keys(this.#storage);
    const full = this.#prefix + start;
    return names
      .filter((name) => name.startsWith(full))
      .map((name) => name.slice(this.#prefix.length));
  }

  /** @param {string} key @param {unknown} value */
  put(key, value) {
    const { storage, name } = this.#at(key);
    if (storage instanceof Map) {
      storage.set(name, JSON.stringify(value));
      return;
    }
    try {
      storage.setItem(name, JSON.stringify(value));
    } catch {
      // Full, or forbidden: the page works on, and forgets when it is left.
    }
  }

  /** The secret that makes this browser the same guest each time. */
  key() {
    const known = this.get('key');
    if (typeof known === 'string' && known.length === 2 * KEY_BYTES) {
      return known;
    }
    const key = randomToken(KEY_BYTES);
    this.put('key', key);
    return key;
  }

  /** @param {string} key */
  #at(key) {
    return { storage: this.#storage, name: this.#prefix + key };
  }
}

/**
 * Random bytes as hex. Not crypto.randomUUID, which pages on plain http do not have.
 * @param {number} bytes
 */
export function randomToken(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) =>
    b.toString(16).padStart(2, '0'),
  ).join('');
}
