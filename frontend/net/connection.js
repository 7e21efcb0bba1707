import { Model } from '../model/model.js';
import { Backoff } from './backoff.js';

const SUBPROTOCOL = 'chat.v1';
/** The server says something every 25 s; who hears nothing for this long hears nothing any more. */
const SILENCE_MS = 35_000;
/** An open socket must welcome within this time. */
const WELCOME_MS = 15_000;
const STABLE_MS = 30_000;

/**
 * A connection to one room that comes back by itself. What the server says it tells object by object.
 *
 * States: connecting, catching-up (the server replays), live, offline (until: when the next attempt
 * is), stopped (the server said not to come back).
 * @extends {Model<{ state: Line, object: any }>}
 */
export class Connection extends Model {
	#url;
	#hello;
	#backoff;
	/** @type {WebSocket | undefined} */ #socket;
	#retryTimer = 0;
	#silenceTimer = 0;
	#stableTimer = 0;
	/** @type {{ reconnect: boolean, after?: number[], reason?: string } | undefined} */ #bye;
	#isStopped = false;
	#isLive = false;
	/** Before this the server does not want to see us again, in a hurry or not. */
	#notBefore = 0;

	/** @param {string} url @param {() => object} hello what to say first, asked for at each attempt */
	constructor(url, hello, backoff = new Backoff()) {
		super();
		this.#url = url;
		this.#hello = hello;
		this.#backoff = backoff;
	}

	/** Connects now, unless it is connected. */
	open() {
		clearTimeout(this.#retryTimer);
		if (this.#socket) {
			return;
		}
		this.#isStopped = this.#isLive = false;
		this.#bye = undefined;
		this.tell('state', { state: 'connecting' });
		const socket = new WebSocket(this.#url, SUBPROTOCOL);
		this.#socket = socket;
		this.#watch(WELCOME_MS);
		socket.addEventListener('open', () => socket.send(JSON.stringify(this.#hello())));
		socket.addEventListener('message', ({ data }) => this.#onFrame(socket, data));
		socket.addEventListener('close', ({ code, reason }) => {
			if (socket === this.#socket) {
				this.#onLost(code, reason);
			}
		});
	}

	/** Connects as soon as the server permits: the network or the person is back. */
	hurry() {
		if (!this.#socket && !this.#isStopped) {
			this.#openIn(Math.max(0, this.#notBefore - Date.now()));
		}
	}

	/** What a person asks for who wants to be connected now: also after the server said to stay away. */
	insist() {
		if (this.#isStopped) {
			this.open();
		} else {
			this.hurry();
		}
	}

	/** Ends it; only open() begins anew. @param {string} reason */
	stop(reason) {
		this.#bye = { reconnect: false, reason };
		this.#drop(reason);
	}

	/** Ends it without a word: one goes elsewhere. */
	close() {
		const socket = this.#forget();
		this.#isStopped = true;
		clearTimeout(this.#retryTimer);
		socket?.close();
	}

	/** Starts over from the cursor, as after a loss of the line. */
	restart() {
		this.#drop('starting over');
	}

	/** Sends an object if the room is live. @param {object} object @returns {boolean} whether it was handed to the socket */
	send(object) {
		if (this.#isLive) {
			this.#socket?.send(JSON.stringify(object));
		}
		return this.#isLive;
	}

	/** @param {WebSocket} socket @param {unknown} frame */
	#onFrame(socket, frame) {
		if (socket !== this.#socket || typeof frame !== 'string') {
			return;
		}
		this.#watch(SILENCE_MS);
		for (const line of frame.split('\n')) {
			// What an earlier line set off may have ended this connection.
			if (socket === this.#socket) {
				this.#onObject(JSON.parse(line));
			}
		}
	}

	/** @param {any} object */
	#onObject(object) {
		if (object.type === 'bye') {
			this.#bye = object;
		} else if (object.type === 'welcome') {
			this.#stableTimer = setTimeout(() => this.#backoff.reset(), STABLE_MS);
			this.tell('state', { state: 'catching-up' });
		} else if (object.type === 'behind') {
			this.tell('state', { state: 'catching-up' });
		} else if (object.type === 'live') {
			this.#isLive = true;
			this.tell('state', { state: 'live' });
		}
		this.tell('object', object);
	}

	/** @param {string} reason */
	#drop(reason) {
		const socket = this.#socket;
		if (socket) {
			// A line that is dead answers no close either: what it may still say is not waited for.
			this.#onLost(1006, reason);
			socket.close();
		}
	}

	#forget() {
		const socket = this.#socket;
		this.#socket = undefined;
		this.#isLive = false;
		clearTimeout(this.#silenceTimer);
		clearTimeout(this.#stableTimer);
		return socket;
	}

	/** @param {number} code @param {string} reason */
	#onLost(code, reason) {
		this.#forget();
		// Policy, and 4500 to 4999: one stays away.
		const isFinal = code === 1008 || (code >= 4500 && code <= 4999);
		if (this.#bye ? !this.#bye.reconnect : isFinal) {
			this.#isStopped = true;
			this.tell('state', { state: 'stopped', reason: this.#bye?.reason ?? reason });
			return;
		}
		const own = this.#backoff.next();
		const [min = 0, max = 0] = this.#bye?.after ?? [];
		this.#notBefore = Date.now() + min;
		this.#openIn(Math.max(own, min + Math.random() * (max - min)));
	}

	/** @param {number} wait in milliseconds */
	#openIn(wait) {
		clearTimeout(this.#retryTimer);
		this.#retryTimer = setTimeout(() => this.open(), wait);
		this.tell('state', { state: 'offline', until: Date.now() + wait });
	}

	/** @param {number} patience in milliseconds */
	#watch(patience) {
		clearTimeout(this.#silenceTimer);
		this.#silenceTimer = setTimeout(() => this.#drop('nothing heard'), patience);
	}
}
