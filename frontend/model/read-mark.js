const SAVE_MS = 500;

/** How far a room has been read, kept per room; and the line above what was new on coming back. */
export class ReadMark {
	#store;
	#key;
	#seq = 0;
	/** @type {string | undefined} */ #cursor;
	#timer = 0;
	/** @type {number | undefined} what is above it is new; none: nothing is */ line;

	/** @param {Store} store @param {string} room */
	constructor(store, room) {
		this.#store = store;
		this.#key = `read ${room}`;
		const kept = store.get(this.#key);
		this.#seq = Number.isSafeInteger(kept?.seq) ? kept.seq : 0;
		this.#cursor = kept?.cursor;
		this.line = this.#seq || undefined;
	}

	/** Everything up to here was before somebody's eyes. @param {number} seq @param {string} [cursor] */
	read(seq, cursor) {
		// An empty room has been read, too: what comes later is new.
		if (seq > this.#seq || !this.#cursor) {
			this.#seq = seq;
			this.#cursor = cursor;
			// Not at each of many messages a second: writing makes the browser wait for its disk.
			this.#timer ||= setTimeout(() => this.save(), SAVE_MS);
		}
	}

	save() {
		if (this.#timer) {
			clearTimeout(this.#timer);
			this.#timer = 0;
			this.#store.put(this.#key, { seq: this.#seq, cursor: this.#cursor });
		}
	}

	/** Nobody looks: what comes now will be new. */
	leave() {
		this.line = this.#seq || undefined;
		this.save();
	}

	/** Somebody looks again; if nothing has come meanwhile, nothing is new. @param {number} last */
	settle(last) {
		if (this.line !== undefined && last <= this.line) {
			this.line = undefined;
		}
	}

	/** What is there is known: one has answered it, or it is another history. */
	clear(isReset = false) {
		this.line = undefined;
		if (isReset) {
			this.#seq = 0;
			this.#cursor = undefined;
		}
	}
}
