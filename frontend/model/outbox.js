import { randomToken } from './store.js';

/**
 * A message of one's own that the server has not confirmed.
 * @typedef {{id: string, text: string, at: number, state: 'pending' | 'unconfirmed' | 'failed', problem?: string}} Pending
 */

/**
 * Messages on their way: kept over reloads, sent again after each reconnect under the same id, so
 * that the server keeps each once. Past the server's retry window it would not know the id any
 * more, so the person is asked.
 *
 * Tells of `change`.
 */
export class Outbox extends EventTarget {
  static #ID_BYTES = 12;

  #store;
  #key;
  #send;
  #now;
  /** @type {Pending[]} */ #pending;

  /**
   * @param {import('./store.js').Store} store
   * @param {string} room
   * @param {(object: object) => boolean} send
   * @param {() => number} now in milliseconds
   */
  constructor(store, room, send, now = Date.now) {
    super();
    this.#store = store;
    this.#key = `pending ${room}`;
    this.#send = send;
    this.#now = now;
    this.#pending = store.get(this.#key) ?? [];
  }

  /** What is not confirmed, oldest first. */
  get pending() {
    return [...this.#pending];
  }

  /** @param {string} text */
  add(text) {
    const pending = /** @type {Pending} */ ({
      id: randomToken(Outbox.#ID_BYTES),
      text,
      at: this.#now(),
      state: 'pending',
    });
    this.#pending.push(pending);
    this.#publish(pending);
    this.#changed();
  }

  /**
   * The room is live again: what may have been lost is sent once more.
   * @param {number} retryWindow in milliseconds
   */
  resend(retryWindow) {
    for (const pending of this.#pending) {
      if (pending.state === 'pending' && this.#now() - pending.at >= retryWindow) {
        pending.state = 'unconfirmed';
      } else if (pending.state === 'pending') {
        this.#publish(pending);
      }
    }
    this.#changed();
  }

  /** The server has kept it. @param {string} id */
  confirm(id) {
    this.discard(id);
  }

  /** @param {string} id */
  discard(id) {
    const left = this.#pending.filter((pending) => pending.id !== id);
    if (left.length !== this.#pending.length) {
      this.#pending = left;
      this.#changed();
    }
  }

  /** The server has refused it. @param {string} id @param {string} problem */
  fail(id, problem) {
    const pending = this.#pending.find((p) => p.id === id);
    if (pending) {
      pending.state = 'failed';
      pending.problem = problem;
      this.#changed();
    }
  }

  /** Sends it again, as a new message: the server may not know its id any more. @param {string} id */
  retry(id) {
    const pending = this.#pending.find((p) => p.id === id);
    if (pending) {
      this.discard(id);
      this.add(pending.text);
    }
  }

  /** @param {Pending} pending */
  #publish({ id, text }) {
    this.#send({ type: 'publish', id, text });
  }

  #changed() {
    this.#store.put(this.#key, this.#pending);
    this.dispatchEvent(new Event('change'));
  }
}
