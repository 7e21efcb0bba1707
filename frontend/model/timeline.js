/**
 * A message as the server tells it.
 * @typedef {{seq: number, prev?: number, id?: string, from: {id: string, name?: string}, at: number, kind: string, text?: string, data?: string, cursor?: string}} Message
 */

/**
 * The messages of a room as far as they are known, and the cursor to continue from.
 *
 * Tells of `message` (detail: the message), `note` (detail: a text to stand between messages) and
 * `clear`.
 */
export class Timeline extends EventTarget {
  /** @type {string | undefined} */ #cursor;
  /** The highest sequence that is shown. */
  #shown = 0;
  /** Whether the next message must follow that one. */
  #chained = false;

  get cursor() {
    return this.#cursor;
  }

  /** @param {{resume: string, cursor: string, head: number}} welcome */
  onWelcome(welcome) {
    if (welcome.resume === 'reset') {
      this.dispatchEvent(new Event('clear'));
      this.#note('The server has begun a new history.');
    } else if (welcome.resume === 'trimmed' || welcome.resume === 'skipped') {
      this.#note('Some messages in between are not shown.');
    }
    if (welcome.resume === 'reset') {
      this.#shown = 0;
    }
    if (welcome.resume !== 'exact') {
      // A gap that was announced; an exact resume within it later does not close it.
      this.#chained = false;
    }
    this.#cursor = welcome.cursor;
  }

  /**
   * Takes the next message.
   * @param {Message} message
   * @returns {boolean} false if one before it is missing: start over from the cursor
   */
  add(message) {
    if (message.seq <= this.#shown) {
      return true;
    }
    if (this.#chained && message.prev !== this.#shown) {
      return false;
    }
    this.#chained = true;
    this.#shown = message.seq;
    this.#cursor = message.cursor ?? this.#cursor;
    this.dispatchEvent(new CustomEvent('message', { detail: message }));
    return true;
  }

  /** @param {string} text */
  #note(text) {
    this.dispatchEvent(new CustomEvent('note', { detail: text }));
  }
}
