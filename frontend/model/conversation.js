import { Connection } from '../net/connection.js';
import { begunMention, isMentioned } from './formatted.js';
import { Model } from './model.js';
import { Outbox } from './outbox.js';
import { Presence } from './presence.js';
import { ReadMark } from './read-mark.js';
import { Timeline } from './timeline.js';

/** How many messages from before are shown to a newcomer. */
const HISTORY = 100;
/** How many missed messages are worth to be fetched on return; beyond, the newest. */
const AT_MOST = 500;
/** So often one says that one types. */
const TYPING_MS = 3000;
const RENAME_ID = 'rename';
const MOST_OFFERS = 8;
/** A message that may be sent again later than this waits for the person to do so. */
const MAX_WAIT_MS = 60_000;

/**
 * One's stay in a room: the line to it, and all that is known of it.
 *
 * `level`: all that was missed is there; `heard`: a message that somebody else says now; `refused`:
 * why the server does not take who one says to be.
 * @extends {Model<{ change: void, level: void, heard: Message, refused: string }>}
 */
export class Conversation extends Model {
	#store;
	#isWelcome = false;
	#isResent = false;
	#retryWindow = 0;
	#typedAt = 0;
	/** @type {string | undefined} the name until now, while the server is asked for another */
	#formerName;
	#resendTimer = 0;
	/** @type {Map<string, string>} who was seen first under a name; of one's own, oneself */
	#firstOf = new Map();

	presence = new Presence();
	/** @type {Line} */ line = { state: 'connecting' };
	/** One's own public id, as far as it is known. */
	me = '';
	/** The longest message the server takes, in bytes of UTF-8. */
	maxBytes = Infinity;
	/** What one may do here, as far as it is known. */
	may = ['publish'];
	isLocked = false;
	/** What the server said last that is nobody's fault but the person's. */
	problem = '';

	/** @param {Place} place @param {Store} store @param {string} name @param {string} [invite] */
	constructor({ room, url }, store, name, invite) {
		super();
		this.#store = store;
		this.room = room;
		this.name = name;
		this.invite = invite;
		this.connection = new Connection(url, () => this.#hello());
		/** @type {Send} */
		const send = (object) => this.connection.send(object);
		this.timeline = new Timeline(send);
		this.outbox = new Outbox(store, room, send, () => this.tell('change'));
		this.mark = new ReadMark(store, room);
		this.connection.on('state', (line) => this.#onState(line));
		this.connection.on('object', (object) => {
			if (Object.hasOwn(this.#handlers, object.type)) {
				this.#handlers[object.type](object);
			} else if (Object.hasOwn(object, 'seq') && Object.hasOwn(object, 'prev')) {
				this.#onUnknownRecord(object);
			}
			this.tell('change');
		});
	}

	close() {
		this.mark.save();
		clearTimeout(this.#resendTimer);
		this.connection.close();
	}

	/** @param {string} text */
	say(text) {
		this.problem = '';
		this.mark.clear();
		this.timeline.toEnd();
		this.outbox.add(text);
		this.typing(false);
	}

	/** @param {boolean} isTyping */
	typing(isTyping) {
		const now = Date.now();
		const isDue = isTyping ? now - this.#typedAt >= TYPING_MS : this.#typedAt > 0;
		if (isDue && this.connection.send({ type: 'typing', on: isTyping })) {
			this.#typedAt = isTyping ? now : 0;
		}
	}

	/** @param {string} name */
	rename(name) {
		this.#formerName ??= this.name;
		this.#call(name);
		if (!this.connection.send({ type: 'rename', id: RENAME_ID, name })) {
			// The next hello says it.
			this.#formerName = undefined;
		}
	}

	/** All that is here, up to the end, is before somebody's eyes. */
	read() {
		const { timeline } = this;
		if (timeline.isAtEnd && timeline.isFollowing) {
			this.mark.read(timeline.last, timeline.cursor);
			if (timeline.unseen > 0) {
				timeline.see();
				this.tell('change');
			}
		}
	}

	/** Whether one may write now. */
	get mayWrite() {
		return this.may.includes('publish') && (!this.isLocked || this.mayModerate);
	}

	get mayModerate() {
		return this.may.includes('moderate');
	}

	/** @param {number} seq */
	delete(seq) {
		this.connection.send({ type: 'delete', id: 'delete', seq });
	}

	/** What tells a member from another whose name it shares. @param {Member} member */
	tagOf({ id, name = '' }) {
		const key = name.toLowerCase();
		const first = this.#firstOf.get(key) ?? id;
		this.#firstOf.set(key, first);
		return name && first !== id ? ` #${id.replace(/^\w+:/, '').slice(0, 4)}` : '';
	}

	/** Whether a message calls one by one's name. @param {Message} message */
	isForMe({ from, text = '' }) {
		return from.id !== this.me && isMentioned(text, this.name);
	}

	/** Whose name may be meant by a text that ends in an @ and some letters. @param {string} text */
	offersFor(text) {
		const begun = begunMention(text)?.toLowerCase() ?? '';
		// In a large room it is not known who is there, but who has spoken.
		const known = [...this.presence.members, ...this.timeline.messages.map(({ from }) => from)];
		const names = known
			.filter(({ id, name = '' }) => id !== this.me && name.toLowerCase().startsWith(begun))
			.map(({ name = '' }) => name);
		// Who has written a whole name is done, and wants to send.
		const isDone = begun === '' || names.some((name) => name.length === begun.length);
		return isDone ? [] : [...new Set(names)].slice(0, MOST_OFFERS);
	}

	#hello() {
		const { cursor } = this.timeline;
		return {
			type: 'hello',
			name: this.name,
			key: this.#store.key(),
			history: HISTORY,
			invite: this.invite,
			...(cursor && { cursor, atMost: AT_MOST }),
		};
	}

	/** @param {Line} line */
	#onState(line) {
		this.line = line;
		if (line.state !== 'live' && line.state !== 'catching-up') {
			this.#isWelcome = false;
			this.#typedAt = 0;
			this.#formerName = undefined;
			this.presence.typing = [];
			clearTimeout(this.#resendTimer);
			this.#resendTimer = 0;
		}
		this.tell('change');
	}

	/** A kind of record that this page does not know yet: the next one follows it all the same. @param {Message} record */
	#onUnknownRecord(record) {
		if (!this.timeline.pass(record)) {
			this.connection.restart();
		}
	}

	/** @type {Handlers} */
	#handlers = {
		welcome: (welcome) => {
			this.me = welcome.you.id;
			this.#firstOf.set(this.name.toLowerCase(), this.me);
			this.maxBytes = welcome.limits.message;
			this.#retryWindow = welcome.retryWindow;
			this.may = welcome.may ?? this.may;
			this.isLocked = welcome.locked === true;
			this.#isWelcome = true;
			this.#isResent = false;
			this.presence.onWelcome(welcome);
			if (welcome.resume === 'reset') {
				this.mark.clear(true);
			}
			this.timeline.onWelcome(welcome);
		},

		message: (message) => {
			const isNew = message.seq > this.timeline.last;
			if (!this.timeline.add(message)) {
				this.connection.restart();
			} else if (message.from.id === this.me) {
				this.outbox.remove(message.id ?? '');
			} else if (isNew && this.line.state === 'live') {
				this.tell('heard', message);
			}
		},

		deleted: (record) => {
			if (!this.timeline.add({ ...record, kind: 'delete' })) {
				this.connection.restart();
			}
		},

		room: ({ locked }) => {
			this.isLocked = locked;
		},

		live: () => {
			if (!this.#isResent) {
				this.#isResent = true;
				this.outbox.resend(this.#retryWindow);
			}
			const { target, search, isFollowing } = this.timeline;
			if (target && search === 'sought') {
				this.timeline.goTo(target);
			} else if (isFollowing) {
				this.timeline.toEnd();
			}
			this.tell('level');
		},

		history: (page) => this.timeline.onHistory(page),
		presence: (news) => this.presence.onPresence(news),
		typing: ({ who = [] }) => this.presence.onTyping(who, this.me),

		ok: ({ id, seq = 0 }) => {
			if (id === RENAME_ID) {
				this.#formerName = undefined;
			} else if (seq <= this.timeline.last) {
				// Otherwise the message itself follows, and takes its place.
				this.outbox.remove(id);
			}
		},

		error: ({ id, message, retryAfter }) => {
			if (!this.#isWelcome) {
				this.connection.stop(message);
				this.tell('refused', message);
			} else if (id === RENAME_ID) {
				this.problem = message;
				this.#call(this.#formerName ?? this.name);
				this.#formerName = undefined;
			} else if (id?.startsWith('history-')) {
				this.timeline.onRefused(id);
			} else if (id && retryAfter && retryAfter <= MAX_WAIT_MS) {
				this.outbox.postpone(id);
				// One for all: each refused message asks for it.
				this.#resendTimer ||= setTimeout(() => {
					this.#resendTimer = 0;
					this.outbox.resendPostponed();
				}, retryAfter);
			} else if (id) {
				this.outbox.fail(id, message);
			} else {
				this.problem = message;
			}
		},
	};

	/** @param {string} name */
	#call(name) {
		this.name = name;
		this.#store.put('name', name);
		this.tell('change');
	}
}
