/**
 * A message as the server tells it.
 * @typedef {{seq: number, prev?: number, id?: string, from: {id: string, name?: string}, at: number, kind: string, text?: string, data?: string, cursor?: string}} Message
 * @typedef {{id: string, messages: Message[], more: boolean, trimmedThrough?: number}} History
 * @typedef {'older' | 'newer' | 'newest' | 'around'} Wish
 */

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
  /** How many are held; a reader who stays further up may have twice as many before him. */
  static HELD = 300;

  #send;
  /** @type {string | undefined} */ #cursor;
  /** The highest sequence that the line has brought. */
  #last = 0;
  /** Whether the next message must follow that one. */
  #chained = false;
  /** @type {{id: string, wish: Wish} | undefined} */ #asked;
  #asks = 0;
  /** @type {(() => void) | undefined} what is asked next, instead of what is on its way */ #next;

  /** @type {Message[]} what is held, oldest first */
  messages = [];
  /** Whether nothing is newer than what is held. */
  isAtEnd = true;
  /** Whether the end is being read: then it moves along with what is new. */
  isFollowing = true;
  /** How many have come since the end was last read. */
  unseen = 0;
  /** @type {'first' | 'trimmed' | undefined} what is before the oldest one, once it is known */
  beginning;
  /** @type {{what: 'reset' | 'trimmed', before?: number} | undefined} what stands before a message */
  note;
  /** @type {number | undefined} a message to be shown */
  target;
  /** @type {'sought' | 'found' | 'gone' | undefined} how the search for it went */
  search;

  /** @param {(object: object) => boolean} send whether it was handed to the line */
  constructor(send) {
    this.#send = send;
  }

  /** Where the line goes on. */
  get cursor() {
    return this.#cursor;
  }

  /** The highest sequence that the line has brought. */
  get last() {
    return this.#last;
  }

  /** @param {{resume: string, cursor: string}} welcome */
  onWelcome({ resume, cursor }) {
    this.#asked = this.#next = undefined;
    this.#cursor = cursor;
    if (resume === 'exact') {
      return;
    }
    // A hole that was announced: what is held stays for whoever reads it, the rest begins anew.
    this.#chained = false;
    if (resume === 'reset') {
      this.#last = 0;
    }
    if (resume === 'reset' || this.isFollowing) {
      this.messages = [];
      this.isAtEnd = true;
      this.beginning = undefined;
    } else {
      this.isAtEnd = false;
    }
    if (resume === 'reset' || resume === 'trimmed') {
      this.note = { what: resume };
    }
  }

  /**
   * Takes the next message.
   * @param {Message} message
   * @returns {boolean} false if one before it is missing: start over from the cursor
   */
  add(message) {
    if (message.seq <= this.#last) {
      return true;
    }
    if (this.#chained && message.prev !== this.#last) {
      return false;
    }
    this.#chained = true;
    this.#last = message.seq;
    if (this.note) {
      this.note.before ??= message.seq;
    }
    this.#cursor = message.cursor ?? this.#cursor;
    this.unseen += this.isFollowing ? 0 : 1;
    if (this.isAtEnd) {
      this.messages.push(message);
      if (this.isFollowing) {
        this.#forgetOldest();
      } else if (this.messages.length > 2 * Timeline.HELD) {
        this.isAtEnd = false;
      }
    }
    return true;
  }

  loadOlder() {
    if (!this.beginning && this.messages.length > 0) {
      this.#ask('older', { before: this.messages[0].seq });
    } else if (!this.beginning) {
      this.#ask('newest', {});
    }
  }

  loadNewer() {
    if (!this.isAtEnd) {
      this.#ask('newer', { after: this.messages.at(-1)?.seq ?? 0 });
    }
  }

  /** Back to the end, whatever lies in between. */
  toEnd() {
    this.target = this.search = undefined;
    this.isFollowing = true;
    this.unseen = 0;
    if (!this.isAtEnd) {
      this.#insist('newest', {});
    }
  }

  /** Shows one message, with what is around it. @param {number} seq */
  goTo(seq) {
    this.target = seq;
    this.search = this.#isTargetHeld() ? 'found' : 'sought';
    if (this.search === 'sought') {
      this.#insist('around', { before: seq + 1 });
    }
  }

  #isTargetHeld() {
    return this.messages.some(({ seq }) => seq === this.target);
  }

  /** @param {History} page @returns {boolean} whether it was asked for */
  onHistory(page) {
    const wish = this.#asked?.id === page.id ? this.#asked.wish : undefined;
    if (!wish) {
      return false;
    }
    if (this.#done()) {
      return true;
    }
    if (wish === 'newer') {
      this.#append(page.messages);
      return true;
    }
    this.messages = wish === 'older' ? [...page.messages, ...this.messages] : page.messages;
    this.beginning = page.more ? undefined : page.trimmedThrough ? 'trimmed' : 'first';
    if (wish === 'older') {
      if (this.messages.length > Timeline.HELD && !this.isFollowing) {
        this.isAtEnd &&= this.messages.length <= 2 * Timeline.HELD;
        this.messages.length = Math.min(this.messages.length, 2 * Timeline.HELD);
      }
      return true;
    }
    this.#append([]);
    if (wish === 'around') {
      this.search = this.#isTargetHeld() ? 'found' : 'gone';
    }
    this.isFollowing = wish === 'newest' || (this.isAtEnd && this.search === 'gone');
    return true;
  }

  /** The server does not answer what was asked. @param {string} id */
  onRefused(id) {
    if (this.#asked?.id === id) {
      this.#done();
    }
  }

  /** @returns {boolean} whether something else is wanted by now */
  #done() {
    const next = this.#next;
    this.#asked = this.#next = undefined;
    next?.();
    return next !== undefined;
  }

  /** @param {Message[]} newer */
  #append(newer) {
    const held = this.messages.at(-1)?.seq ?? 0;
    this.messages = [...this.messages, ...newer.filter((message) => message.seq > held)];
    // What the line has brought in the meantime may be newer than the page.
    this.isAtEnd = (this.messages.at(-1)?.seq ?? 0) >= this.#last;
    this.#forgetOldest();
  }

  #forgetOldest() {
    // Not at each message: what is below would be laid out anew each time.
    if (this.messages.length > Timeline.HELD + Timeline.PAGE) {
      this.messages.splice(0, this.messages.length - Timeline.HELD);
      this.beginning = undefined;
    }
  }

  /** @param {Wish} wish @param {{before?: number}} where */
  #insist(wish, where) {
    if (this.#asked) {
      this.#next = () => this.#ask(wish, where);
    } else {
      this.#ask(wish, where);
    }
  }

  /** @param {Wish} wish @param {{before?: number, after?: number}} where */
  #ask(wish, where) {
    const id = `history-${this.#asks}`;
    // One at a time, as the server takes them.
    if (!this.#asked && this.#send({ type: 'history', id, limit: Timeline.PAGE, ...where })) {
      this.#asks += 1;
      this.#asked = { id, wish };
    }
  }
}
