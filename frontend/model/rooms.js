import { isMentioned } from './formatted.js';
import { randomToken } from './store.js';

/**
 * The rooms one has been in, and how much is new in those where one is not.
 * @typedef {{room: string, unread: number, isMentioned: boolean}} Known
 *
 * Tells of `change` and `mention` (detail: the room).
 */
export class Rooms extends EventTarget {
  /** More is not counted. */
  static MOST = 100;
  /** So often it is worth to ask. */
  static POLL_MS = 15_000;
  static #PRIVATE_BYTES = 16;

  #store;
  #http;
  /** @type {string[]} in the order in which one came to know them */ #names;
  /** @type {Map<string, {unread: number, isMentioned: boolean, cursor?: string}>} */ #news =
    new Map();
  #isPolling = false;
  here = '';
  me = '';
  name = '';
  /** @type {string[]} rooms that the server shows to everybody */ open = [];

  /** @param {import('./store.js').Store} store @param {string | undefined} http where to ask, if one may */
  constructor(store, http) {
    super();
    this.#store = store;
    this.#http = http;
    this.#names = this.#kept();
  }

  /** @returns {Known[]} */
  get known() {
    return this.#names.map((room) => {
      const { unread = 0, isMentioned = false } = this.#news.get(room) ?? {};
      return { room, unread, isMentioned };
    });
  }

  /** The rooms of the server that one has not been in. */
  get others() {
    return this.open.filter((room) => !this.#names.includes(room));
  }

  /** @param {string} room */
  enter(room) {
    this.here = room;
    this.#news.delete(room);
    // Another tab may know more by now.
    const names = this.#kept();
    this.#keep(names.includes(room) ? names : [...names, room]);
  }

  /** @param {string} room */
  forget(room) {
    this.#news.delete(room);
    this.#keep(this.#kept().filter((name) => name !== room));
  }

  /** A name that nobody can guess: who has it may come in. */
  static newPrivateName() {
    return `private-${randomToken(Rooms.#PRIVATE_BYTES)}`;
  }

  /** Asks what is new, one room after the other. */
  async poll() {
    if (!this.#http || this.#isPolling) {
      return;
    }
    this.#isPolling = true;
    try {
      for (const room of this.#names.filter((name) => name !== this.here)) {
        await this.#count(room);
      }
    } catch {
      // No network, or no such server: the next round tells.
    } finally {
      this.#isPolling = false;
    }
  }

  async listOpen() {
    if (!this.#http) {
      return;
    }
    try {
      const { rooms = [] } = await this.#get('/rooms');
      this.open = rooms.map((/** @type {{room: string}} */ { room }) => room);
      this.#changed();
    } catch {
      // There is no list.
    }
  }

  /** @param {string} room */
  async #count(room) {
    const read = this.#store.get(`read ${room}`)?.cursor;
    const news = this.#news.get(room) ?? { unread: 0, isMentioned: false, cursor: read };
    if (!news.cursor || news.unread >= Rooms.MOST) {
      return;
    }
    const after = encodeURIComponent(news.cursor);
    const page = await this.#get(
      `/room/${encodeURIComponent(room)}/messages?after=${after}&limit=100`,
    );
    /** @type {import('./timeline.js').Message[]} */
    const messages = (page.messages ?? []).filter(
      (/** @type {import('./timeline.js').Message} */ { from }) => from.id !== this.me,
    );
    if (room === this.here) {
      return;
    }
    const isCalled = messages.some(({ text = '' }) => isMentioned(text, this.name));
    this.#news.set(room, {
      unread: news.unread + messages.length,
      isMentioned: news.isMentioned || isCalled,
      cursor: page.cursor ?? news.cursor,
    });
    if (messages.length > 0) {
      this.#changed();
    }
    if (isCalled) {
      this.dispatchEvent(new CustomEvent('mention', { detail: room }));
    }
  }

  /** @param {string} path @returns {Promise<any>} */
  async #get(path) {
    const headers = { Authorization: `Guest ${this.#store.key()}` };
    const response = await fetch(`${this.#http}${path}`, { headers });
    return response.ok ? response.json() : {};
  }

  /** @param {string[]} names */
  #keep(names) {
    this.#names = names;
    this.#store.put('rooms', names);
    this.#changed();
  }

  /** @returns {string[]} */
  #kept() {
    const kept = this.#store.get('rooms');
    return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string') : [];
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
