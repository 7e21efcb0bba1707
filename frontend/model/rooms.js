import { isMentioned } from './formatted.js';
import { Model } from './model.js';
import { randomToken } from './store.js';

const PRIVATE_BYTES = 16;

/**
 * The rooms one has been in, and how much is new in those where one is not.
 * @extends {Model<{ change: void, mention: string }>} a mention's detail is the room
 */
export class Rooms extends Model {
	/** More is not counted. */
	static MOST = 100;
	/** So often it is worth to ask. */
	static POLL_MS = 15_000;

	#store;
	#http;
	/** In the order in which one came to know them. */
	#names;
	/** @type {Map<string, News>} */ #news = new Map();
	#isPolling = false;
	here = '';
	me = '';
	name = '';
	/** @type {string[]} rooms that the server shows to everybody */ open = [];

	/** @param {Store} store @param {string} [http] where to ask, if one may */
	constructor(store, http) {
		super();
		this.#store = store;
		this.#http = http;
		this.#names = this.#kept();
	}

	/** @returns {KnownRoom[]} */
	get known() {
		return this.#names.map((room) => ({ room, unread: 0, ...this.#news.get(room) }));
	}

	/** The rooms of the server that one has not been in. */
	get others() {
		return this.open.filter((room) => !this.#names.includes(room));
	}

	/** The room that stands so many places below this one; after the last comes the first. @param {number} step */
	next(step) {
		const next = this.#names.indexOf(this.here) + step;
		return this.#names.at(next % this.#names.length) ?? this.here;
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
		return `private-${randomToken(PRIVATE_BYTES)}`;
	}

	/** Asks what is new, one room after the other. */
	async poll() {
		if (this.#isPolling) {
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
		try {
			const { rooms = [] } = await this.#get('/rooms');
			this.open = rooms.map((/** @type {KnownRoom} */ { room }) => room);
			this.tell('change');
		} catch {
			// There is no list.
		}
	}

	/** @param {string} room */
	async #count(room) {
		const {
			unread,
			isMentioned: wasMentioned,
			cursor,
		} = this.#news.get(room) ?? {
			unread: 0,
			isMentioned: false,
			cursor: this.#store.get(`read ${room}`)?.cursor,
		};
		if (!cursor || unread >= Rooms.MOST) {
			return;
		}
		const query = new URLSearchParams({ after: cursor, limit: '100' });
		const page = await this.#get(`/room/${encodeURIComponent(room)}/messages?${query}`);
		/** @type {Message[]} */
		const said = page.messages ?? [];
		const news = said.filter(({ from, kind }) => from.id !== this.me && !kind.startsWith('delete'));
		if (room === this.here) {
			return;
		}
		const isCalled = news.some(({ text = '' }) => isMentioned(text, this.name));
		this.#news.set(room, {
			unread: unread + news.length,
			isMentioned: wasMentioned || isCalled,
			cursor: page.cursor ?? cursor,
		});
		if (news.length > 0) {
			this.tell('change');
		}
		if (isCalled) {
			this.tell('mention', room);
		}
	}

	/** @param {string} path */
	async #get(path) {
		if (!this.#http) {
			return {};
		}
		// Authorization may be a proxy's, which would refuse what it does not know.
		const headers = { 'Chat-Authorization': `Guest ${this.#store.key()}` };
		const response = await fetch(this.#http + path, { headers });
		return response.ok ? response.json() : {};
	}

	/** @param {string[]} names */
	#keep(names) {
		this.#names = names;
		this.#store.put('rooms', names);
		this.tell('change');
	}

	/** @returns {string[]} */
	#kept() {
		const kept = this.#store.get('rooms');
		return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string') : [];
	}
}
