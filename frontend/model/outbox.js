import { randomToken } from './store.js';

/**
 * A message of one's own that the server has not confirmed.
 * @typedef {{id: string, text: string, at: number, sentAt?: number, sends?: number, isPostponed?: boolean, state: 'pending' | 'unconfirmed' | 'failed', problem?: string}} Pending
 */

/**
 * Messages on their way: kept over reloads, sent again after each reconnect under the same id, so
 * that the server keeps each once. Past the server's retry window it would not know the id any
 * more, so the person is asked. Each is stored by itself, for other tabs have theirs.
 *
 * Tells of `change`.
 */
export class Outbox extends EventTarget {
  static #ID_BYTES = 12;
  /** What is on its way for long may arrive late: so much of the retry window is used. */
  static #OF_WINDOW = 0.8;

  #store;
  #prefix;
  #send;
  #now;
  /** @type {Pending[]} */ #pending;

  /**
   * @param {import('./store.js').Store} store
   * @param {string} room
   * @param {(object: object) => boolean} send whether it was handed to the line
   * @param {() => number} now in milliseconds
   */
  constructor(store, room, send, now = Date.now) {
    super();
    this.#store = store;
    this.#prefix = `pending ${JSON.stringify(room)} `;
    this.#send = send;
    this.#now = now;
    this.#pending = store
      .keys(this.#prefix)
      .map((key) => store.get(key))
      .filter((pending) => typeof pending?.id === 'string' && typeof pending.text === 'string')
      .sort((a, b) => a.at - b.at);
  }

  /** What is not confirmed, oldest first. */
  get pending() {
    return [...this.#pending];
  }

  /** @param {string} text */
  add(text) {
    const id = randomToken(Outbox.#ID_BYTES);
    const pending = /** @type {Pending} */ ({ id, text, at: this.#now(), state: 'pending' });
    this.#pending.push(pending);
    this.#publish(pending);
    this.#changed(pending);
  }

  /**
   * Sends once more what may have been lost, or was never sent.
   * @param {number} retryWindow in milliseconds
   */
  resend(retryWindow) {
    const oldest = this.#now() - retryWindow * Outbox.#OF_WINDOW;
    for (const pending of this.#pending.filter((p) => p.state === 'pending')) {
      if (pending.sentAt !== undefined && pending.sentAt < oldest) {
        pending.state = 'unconfirmed';
      } else {
        this.#publish(pending);
      }
      this.#changed(pending);
    }
  }

  /** The server could not keep it now, and has said so. @param {string} id */
  postpone(id) {
    const pending = this.#pending.find((p) => p.id === id);
    if (pending) {
      pending.isPostponed = true;
      if (pending.sends === 1) {
        // Refused the only time it was sent: it is certainly not kept.
        pending.sentAt = pending.sends = undefined;
      }
      this.#changed(pending);
    }
  }

  /** Sends once more what was postponed. */
  resendPostponed() {
    for (const pending of this.#pending.filter((p) => p.isPostponed && p.state === 'pending')) {
      this.#publish(pending);
      this.#changed(pending);
    }
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
      this.#store.remove(this.#prefix + id);
      this.dispatchEvent(new Event('change'));
    }
  }

  /** Takes back the last one that is certainly not kept, to be written anew. */
  takeBack() {
    const last = this.#pending.findLast((p) => p.state === 'failed' || p.sentAt === undefined);
    if (last) {
      this.discard(last.id);
    }
    return last?.text;
  }

  /** The server has refused it. @param {string} id @param {string} problem */
  fail(id, problem) {
    const pending = this.#pending.find((p) => p.id === id);
    if (pending) {
      pending.state = 'failed';
      pending.problem = problem;
      this.#changed(pending);
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
  #publish(pending) {
    const { id, text } = pending;
    if (this.#send({ type: 'publish', id, text })) {
      pending.sentAt ??= this.#now();
      pending.sends = (pending.sends ?? 0) + 1;
      pending.isPostponed = false;
    }
  }

  /** @param {Pending} pending */
  #changed(pending) {
    this.#store.put(this.#prefix + pending.id, pending);
    this.dispatchEvent(new Event('change'));
  }
}
