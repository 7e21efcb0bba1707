/**
 * The part of a room's messages that is held on the page: always without holes, never many.
 *
 * The line brings what is new, in order. While the part reaches to the end, it grows by that; who
 * reads further up keeps what is there, and the rest is fetched on the way down, as what is older
 * is on the way up.
 */
export class Timeline {
	/** How many messages are fetched at a time. */
	static PAGE = 60;
	/**
	 * How many are held; a reader who stays further up may have twice as many before him. What was
	 * deleted does not count: of what lies next to each other, one line is held.
	 */
	static HELD = 300;

	#send;
	/** Whether the next message must follow the last one. */
	#isChained = false;
	/** @type {{ id: string, wish: Wish } | undefined} */ #asked;
	#asks = 0;
	/** @type {(() => void) | undefined} what is asked next, instead of what is on its way */ #next;

	/** @type {string | undefined} where the line goes on */ cursor;
	/** The highest sequence that the line has brought. */
	last = 0;
	/** @type {Message[]} what is held, oldest first */ messages = [];
	/** Whether nothing is newer than what is held. */
	isAtEnd = true;
	/** Whether the end is being read: then it moves along with what is new. */
	isFollowing = true;
	/** @type {Set<number>} what has come since the end was last read, and is there */
	#unseen = new Set();
	/** @type {'first' | 'trimmed' | undefined} what is before the oldest one, once it is known */
	beginning;
	/** @type {Note | undefined} */ note;
	/** @type {number | undefined} a message to be shown */ target;
	/** @type {'sought' | 'found' | 'gone' | undefined} how the search for it went */ search;

	/** @param {Send} send */
	constructor(send) {
		this.#send = send;
	}

	/** How many messages have come since the end was last read. */
	get unseen() {
		return this.#unseen.size;
	}

	/** The end is read. */
	see() {
		this.#unseen.clear();
	}

	/** @param {Pick<Welcome, 'resume' | 'cursor'>} welcome */
	onWelcome({ resume, cursor }) {
		this.#asked = this.#next = undefined;
		this.cursor = cursor;
		if (resume === 'exact') {
			return;
		}
		// A hole that was announced: what is held stays for whoever reads it, the rest begins anew.
		this.#isChained = false;
		this.isAtEnd = resume === 'reset' || this.isFollowing;
		if (this.isAtEnd) {
			this.messages = [];
			this.beginning = undefined;
		}
		if (resume === 'reset') {
			this.last = 0;
		}
		if (resume === 'reset' || resume === 'trimmed') {
			this.note = { what: resume };
		}
	}

	/**
	 * Takes the next record: a message, or that one was deleted.
	 * @param {Message} message
	 * @returns {boolean} false if one before it is missing: start over from the cursor
	 */
	add(message) {
		const { seq } = message;
		if (seq <= this.last) {
			return true;
		}
		if (!this.pass(message)) {
			return false;
		}
		if (message.target) {
			this.#blank(message.target);
			return true;
		}
		if (this.note) {
			this.note.before ??= seq;
		}
		if (!this.isFollowing && isThere(message)) {
			this.#unseen.add(seq);
		}
		// A page may have been ahead of the line.
		if (this.isAtEnd && seq > this.#newest) {
			this.#push(message);
		}
		return true;
	}

	/**
	 * Moves on past the next record, whatever it is about, and shows nothing of it.
	 * @param {Pick<Message, 'seq' | 'prev' | 'cursor'>} record
	 * @returns {boolean} false if one before it is missing: start over from the cursor
	 */
	pass({ seq, prev, cursor = this.cursor }) {
		if (seq <= this.last) {
			return true;
		}
		if (this.#isChained && prev !== this.last) {
			return false;
		}
		this.#isChained = true;
		this.last = seq;
		this.cursor = cursor;
		return true;
	}

	/** @param {Message} message */
	#push(message) {
		const newest = this.messages.at(-1);
		if (newest && !isThere(newest) && !isThere(message)) {
			join(newest, message);
			return;
		}
		this.messages.push(message);
		if (this.isFollowing) {
			this.#forgetOldest();
		} else if (this.#isMore(2 * Timeline.HELD)) {
			this.isAtEnd = false;
		}
	}

	/** @param {number} deleted */
	#blank(deleted) {
		this.#unseen.delete(deleted);
		const message = this.messages.find(({ seq }) => seq === deleted);
		if (message && isThere(message)) {
			Object.assign(message, { kind: 'deleted', text: undefined, data: undefined });
			this.messages = tidy(this.messages);
		}
	}

	loadOlder() {
		const [oldest] = this.messages;
		if (!this.beginning) {
			this.#ask(oldest ? 'older' : 'newest', { before: oldest?.seq });
		}
	}

	loadNewer() {
		if (!this.isAtEnd) {
			this.#ask('newer', { after: this.#newest });
		}
	}

	/** Back to the end, whatever lies in between. */
	toEnd() {
		this.target = this.search = undefined;
		this.isFollowing = true;
		this.see();
		if (!this.isAtEnd) {
			this.#insist('newest', {});
		}
	}

	/** Shows one message, with what is around it. @param {number} seq */
	goTo(seq) {
		this.target = seq;
		this.search = this.#isTargetHeld ? 'found' : 'sought';
		if (this.search === 'sought') {
			this.#insist('around', { before: seq + 1 });
		}
	}

	/** @param {History} page */
	onHistory({ id, messages, more, trimmedThrough, head = messages.at(-1)?.seq ?? 0 }) {
		const wish = this.#asked?.id === id ? this.#asked.wish : undefined;
		if (!wish || this.#isElseWanted()) {
			return;
		}
		if (wish === 'newer') {
			this.#append(messages, more ? 0 : head);
			return;
		}
		this.beginning = more ? undefined : trimmedThrough ? 'trimmed' : 'first';
		if (wish === 'older') {
			this.messages = tidy([...messages, ...this.messages]);
			if (!this.isFollowing && this.#isMore(2 * Timeline.HELD)) {
				this.isAtEnd = false;
				this.messages.length = lengthOf(this.messages, 2 * Timeline.HELD);
			}
			return;
		}
		this.messages = [];
		this.#append(messages, wish === 'newest' ? head : 0);
		if (wish === 'around') {
			this.search = this.#isTargetHeld ? 'found' : 'gone';
		}
		this.isFollowing = wish === 'newest' || (this.isAtEnd && this.search === 'gone');
	}

	/** The server does not answer what was asked. @param {string} id */
	onRefused(id) {
		if (this.#asked?.id === id) {
			this.#isElseWanted();
		}
	}

	get #isTargetHeld() {
		return this.messages.some(({ seq }) => seq === this.target);
	}

	get #newest() {
		const newest = this.messages.at(-1);
		return newest?.through ?? newest?.seq ?? 0;
	}

	/** Whether more messages are held than so many. @param {number} count */
	#isMore(count) {
		return this.messages.length > count && this.messages.filter(isThere).length > count;
	}

	/** What was asked is answered: by now something else may be wanted, which is asked then. */
	#isElseWanted() {
		const next = this.#next;
		this.#asked = this.#next = undefined;
		next?.();
		return next !== undefined;
	}

	/** @param {Message[]} newer @param {number} through up to where nothing else is there */
	#append(newer, through) {
		const held = this.#newest;
		this.messages = tidy([...this.messages, ...newer.filter(({ seq }) => seq > held)]);
		// What the line has brought in the meantime may be newer than the page.
		this.isAtEnd = Math.max(this.#newest, through) >= this.last;
		this.#forgetOldest();
	}

	#forgetOldest() {
		// Not at each message: what is below would be laid out anew each time.
		if (this.#isMore(Timeline.HELD + Timeline.PAGE)) {
			const kept = lengthOf([...this.messages].reverse(), Timeline.HELD);
			this.messages.splice(0, this.messages.length - kept);
			this.beginning = undefined;
		}
	}

	/** @param {Wish} wish @param {object} where */
	#insist(wish, where) {
		if (this.#asked) {
			this.#next = () => this.#ask(wish, where);
		} else {
			this.#ask(wish, where);
		}
	}

	/** @param {Wish} wish @param {object} where */
	#ask(wish, where) {
		const id = `history-${this.#asks}`;
		// One at a time, as the server takes them.
		if (!this.#asked && this.#send({ type: 'history', id, limit: Timeline.PAGE, ...where })) {
			this.#asks += 1;
			this.#asked = { id, wish };
		}
	}
}

/** @param {Message} message */
function isThere({ kind }) {
	return kind !== 'deleted';
}

/** Has a line of deletions tell of another one next to it. @param {Message} run @param {Message} next */
function join(run, next) {
	run.count = (run.count ?? 1) + (next.count ?? 1);
	run.through = next.through ?? next.seq;
}

/** These, with one line where several next to each other were deleted. @param {Message[]} messages */
function tidy(messages) {
	/** @type {Message[]} */
	const tidied = [];
	for (const message of messages.filter(({ kind }) => kind !== 'delete')) {
		const before = tidied.at(-1);
		if (before && !isThere(before) && !isThere(message)) {
			join(before, message);
		} else {
			tidied.push(message);
		}
	}
	return tidied;
}

/** How many of these hold the first so many messages. @param {Message[]} messages @param {number} count */
function lengthOf(messages, count) {
	let left = count;
	const end = messages.findIndex((message) => isThere(message) && --left < 0);
	return end < 0 ? messages.length : end;
}
