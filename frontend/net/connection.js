import { Backoff } from './backoff.js';

/**
 * A connection to one room that comes back by itself.
 *
 * It tells of `state` ({state, until?, reason?}) and `object` (what the server says, one at a time).
 * States: connecting, catching-up (the server replays), live, offline (until: when the next attempt
 * is), stopped (the server said not to come back).
 */
export class Connection extends EventTarget {
  static SUBPROTOCOL = 'chat.v1';
  /** The server says something every 25 s; who hears nothing for this long hears nothing any more. */
  static SILENCE_MS = 35_000;
  /** An open socket must welcome within this time. */
  static WELCOME_MS = 15_000;
  static STABLE_MS = 30_000;
  /** Close codes after which one stays away: policy, and 4500 to 4999. */
  static #STOPS = (/** @type {number} */ code) => code === 1008 || (code >= 4500 && code <= 4999);

  #url;
  #hello;
  #backoff;
  /** @type {WebSocket | undefined} */ #socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #silenceTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #stableTimer;
  /** @type {{reconnect: boolean, after?: number[], reason?: string} | undefined} */ #bye;
  #stopped = false;
  #live = false;
  /** Before this the server does not want to see us again, in a hurry or not. */
  #notBefore = 0;

  /**
   * @param {string} url of the room's WebSocket
   * @param {() => object} hello what to say first, asked for at each attempt
   * @param {Backoff} backoff
   */
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
    this.#stopped = false;
    this.#bye = undefined;
    this.#live = false;
    this.#say({ state: 'connecting' });
    const socket = new WebSocket(this.#url, Connection.SUBPROTOCOL);
    this.#socket = socket;
    this.#watch(Connection.WELCOME_MS);
    socket.addEventListener('open', () => socket.send(JSON.stringify(this.#hello())));
    socket.addEventListener('message', (event) => this.#onFrame(socket, event.data));
    socket.addEventListener('close', (event) => this.#onClose(socket, event.code, event.reason));
  }

  /** Connects as soon as the server permits: the network or the person is back. */
  hurry() {
    if (!this.#socket && !this.#stopped) {
      this.#openIn(Math.max(0, this.#notBefore - Date.now()));
    }
  }

  /** What a person asks for who wants to be connected now: also after the server said to stay away. */
  insist() {
    if (this.#stopped) {
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
    const socket = this.#socket;
    this.#socket = undefined;
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#stableTimer);
    socket?.close();
  }

  /** Starts over from the cursor, as after a loss of the line. */
  restart() {
    this.#drop('starting over');
  }

  /**
   * Sends an object if the room is live.
   * @param {object} object
   * @returns {boolean} whether it was handed to the socket
   */
  send(object) {
    if (!this.#live || !this.#socket) {
      return false;
    }
    this.#socket.send(JSON.stringify(object));
    return true;
  }

  /** @param {WebSocket} socket @param {unknown} frame */
  #onFrame(socket, frame) {
    if (socket !== this.#socket || typeof frame !== 'string') {
      return;
    }
    this.#watch(Connection.SILENCE_MS);
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
      this.#stableTimer = setTimeout(() => this.#backoff.reset(), Connection.STABLE_MS);
      this.#say({ state: 'catching-up' });
    } else if (object.type === 'behind') {
      this.#say({ state: 'catching-up' });
    } else if (object.type === 'live') {
      this.#live = true;
      this.#say({ state: 'live' });
    }
    this.dispatchEvent(new CustomEvent('object', { detail: object }));
  }

  /** @param {WebSocket} socket @param {number} code @param {string} reason */
  #onClose(socket, code, reason) {
    if (socket === this.#socket) {
      this.#lost(code, reason);
    }
  }

  /** @param {string} reason */
  #drop(reason) {
    const socket = this.#socket;
    if (socket) {
      // A line that is dead answers no close either: what it may still say is not waited for.
      this.#lost(1006, reason);
      socket.close();
    }
  }

  /** @param {number} code @param {string} reason */
  #lost(code, reason) {
    this.#socket = undefined;
    this.#live = false;
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#stableTimer);
    if (this.#bye ? !this.#bye.reconnect : Connection.#STOPS(code)) {
      this.#stopped = true;
      this.#say({ state: 'stopped', reason: this.#bye?.reason ?? reason });
      return;
    }
    this.#openIn(this.#wait());
  }

  /** @param {number} wait in milliseconds */
  #openIn(wait) {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.open(), wait);
    this.#say({ state: 'offline', until: Date.now() + wait });
  }

  #wait() {
    const own = this.#backoff.next();
    const [min = 0, max = 0] = this.#bye?.after ?? [];
    this.#notBefore = Date.now() + min;
    return Math.max(own, min + Math.random() * (max - min));
  }

  /** @param {number} patience in milliseconds */
  #watch(patience) {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#drop('nothing heard'), patience);
  }

  /** @param {{state: string, until?: number, reason?: string}} detail */
  #say(detail) {
    this.dispatchEvent(new CustomEvent('state', { detail }));
  }
}
