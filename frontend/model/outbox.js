import { randomToken } from './store.js';

const ID_BYTES = 12;
/** What is on its way for long may arrive late: so much of the retry window is used. */
const OF_WINDOW = 0.8;

/**
 * Messages on their way: kept over reloads, sent again after each reconnect under the same id, so
 * that the server keeps each once. Past the server's retry window it would not know the id any
 * more, so the person is asked. Each is stored by itself, for other tabs have theirs.
 */
export class Outbox {
	#store;
	#prefix;
	#send;
	#onChange;
	#now;
	/** @type {Pending[]} what is not confirmed, oldest first */ pending;

	/** @param {Store} store @param {string} room @param {Send} send @param {() => void} onChange */
	constructor(store, room, send, onChange = () => {}, now = Date.now) {
		this.#store = store;
		this.#prefix = `pending ${JSON.stringify(room)} `;
		this.#send = send;
		this.#onChange = onChange;
		this.#now = now;
		this.pending = store
			.keys(this.#prefix)
			.map((key) => store.get(key))
			.filter((pending) => typeof pending?.id === 'string' && typeof pending.text === 'string')
			.sort((a, b) => a.at - b.at);
	}

	/** @param {string} text */
	add(text) {
		/** @type {Pending} */
		const pending = { id: randomToken(ID_BYTES), text, at: this.#now(), state: 'pending' };
		this.pending.push(pending);
		this.#publish(pending);
	}

	/** Sends once more what may have been lost, or was never sent. @param {number} retryWindow in milliseconds */
	resend(retryWindow) {
		const oldest = this.#now() - retryWindow * OF_WINDOW;
		for (const pending of this.#waiting()) {
			if (pending.sentAt !== undefined && pending.sentAt < oldest) {
				this.#change(pending.id, { state: 'unconfirmed' });
			} else {
				this.#publish(pending);
			}
		}
	}

	/** The server could not keep it now, and has said so. @param {string} id */
	postpone(id) {
		const isKnownLost = this.#find(id)?.sends === 1;
		// Refused the only time it was sent: it is certainly not kept.
		this.#change(id, {
			isPostponed: true,
			...(isKnownLost && { sentAt: undefined, sends: undefined }),
		});
	}

	resendPostponed() {
		this.#waiting()
			.filter(({ isPostponed }) => isPostponed)
			.forEach((pending) => this.#publish(pending));
	}

	/** The server has refused it. @param {string} id @param {string} problem */
	fail(id, problem) {
		this.#change(id, { state: 'failed', problem });
	}

	/** The server has it, or nobody wants it any more. @param {string} id */
	remove(id) {
		if (this.#find(id)) {
			this.pending = this.pending.filter((pending) => pending.id !== id);
			this.#store.put(this.#prefix + id, undefined);
			this.#onChange();
		}
	}

	/** Takes back the last one that is certainly not kept, to be written anew. */
	takeBack() {
		const last = this.pending.findLast((p) => p.state === 'failed' || p.sentAt === undefined);
		if (last) {
			this.remove(last.id);
		}
		return last?.text;
	}

	/** Sends it again, as a new message: the server may not know its id any more. @param {string} id */
	retry(id) {
		const pending = this.#find(id);
		if (pending) {
			this.remove(id);
			this.add(pending.text);
		}
	}

	#waiting() {
		return this.pending.filter(({ state }) => state === 'pending');
	}

	/** @param {string} id */
	#find(id) {
		return this.pending.find((pending) => pending.id === id);
	}

	/** @param {Pending} pending */
	#publish({ id, text, sentAt = this.#now(), sends = 0 }) {
		const isSent = this.#send({ type: 'publish', id, text });
		this.#change(id, isSent ? { sentAt, sends: sends + 1, isPostponed: false } : {});
	}

	/** @param {string} id @param {Partial<Pending>} change */
	#change(id, change) {
		const pending = this.#find(id);
		if (pending) {
			Object.assign(pending, change);
			this.#store.put(this.#prefix + id, pending);
			this.#onChange();
		}
	}
}
