/** @typedef {import('../model/timeline.js').Message} Message */
/** @typedef {import('../model/outbox.js').Pending} Pending */

/**
 * The list of messages, the unconfirmed ones of one's own at its end.
 *
 * All text enters through textContent. The list stays at its end while it is read there, and where
 * it is while it is read further up.
 */
export class TimelineView {
  /** So near to the end, the list follows what is new. */
  static #NEAR_END_PX = 100;
  /** More messages than this are not held on the page. */
  static #MAX_SHOWN = 2000;
  static #TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
  static #FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

  #list;
  #onRetry;
  #onDiscard;
  /** @type {Element[]} */ #pending = [];
  #me = '';

  /**
   * @param {HTMLElement} list
   * @param {(id: string) => void} onRetry
   * @param {(id: string) => void} onDiscard
   */
  constructor(list, onRetry, onDiscard) {
    this.#list = list;
    this.#onRetry = onRetry;
    this.#onDiscard = onDiscard;
  }

  /** @param {string} me the public id of whoever looks */
  set me(me) {
    this.#me = me;
  }

  /** Whether a screen reader is told of what is added: of what is said now, not of history. */
  set announces(/** @type {boolean} */ now) {
    this.#list.setAttribute('aria-live', now ? 'polite' : 'off');
  }

  clear() {
    this.#list.replaceChildren(...this.#pending);
  }

  /** @param {Message} message */
  add(message) {
    const who = message.from.name ?? (message.kind === 'plain' ? 'somebody' : 'a guest');
    const own = message.from.id === this.#me;
    const text = message.text ?? `(${Math.floor((message.data ?? '').length * 0.75)} bytes of data)`;
    const row = TimelineView.#row(who, new Date(message.at), text);
    row.classList.toggle('own', own);
    this.#insert(row);
  }

  /** @param {string} text */
  note(text) {
    const row = document.createElement('li');
    row.className = 'note';
    row.textContent = text;
    this.#insert(row);
  }

  /** @param {Pending[]} pending @param {string} name */
  showPending(pending, name) {
    this.#keepingPlace(() => {
      this.#pending.forEach((row) => row.remove());
      this.#pending = pending.map((p) => this.#pendingRow(p, name));
      this.#list.append(...this.#pending);
    });
  }

  /** @param {Pending} pending @param {string} name */
  #pendingRow(pending, name) {
    const row = TimelineView.#row(name, new Date(pending.at), pending.text);
    row.classList.add('own', pending.state === 'pending' ? 'pending' : 'failed');
    const state = document.createElement('span');
    state.className = 'state';
    state.textContent =
      pending.state === 'pending'
        ? 'sending'
        : pending.state === 'failed'
          ? `not sent: ${pending.problem}`
          : 'not confirmed: it may have been sent';
    row.querySelector('time')?.after(state);
    if (pending.state !== 'pending') {
      row.append(
        TimelineView.#button('Send again', () => this.#onRetry(pending.id)),
        TimelineView.#button('Discard', () => this.#onDiscard(pending.id)),
      );
    }
    return row;
  }

  /** @param {string} who @param {Date} at @param {string} text */
  static #row(who, at, text) {
    const row = document.createElement('li');
    row.className = 'message';
    const author = document.createElement('bdi');
    author.className = 'author';
    author.textContent = who;
    const time = document.createElement('time');
    time.dateTime = at.toISOString();
    time.title = TimelineView.#FULL.format(at);
    time.textContent = TimelineView.#TIME.format(at);
    const body = document.createElement('p');
    body.className = 'body';
    body.dir = 'auto';
    body.textContent = text;
    row.append(author, time, body);
    return row;
  }

  /** @param {string} label @param {() => void} onClick */
  static #button(label, onClick) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', onClick);
    return button;
  }

  /** @param {Element} row */
  #insert(row) {
    this.#keepingPlace(() => {
      this.#list.insertBefore(row, this.#pending[0] ?? null);
      while (this.#list.childElementCount > TimelineView.#MAX_SHOWN) {
        this.#list.firstElementChild?.remove();
      }
    });
  }

  /** @param {() => void} change */
  #keepingPlace(change) {
    const list = this.#list;
    const fromEnd = list.scrollHeight - list.scrollTop - list.clientHeight;
    change();
    if (fromEnd < TimelineView.#NEAR_END_PX) {
      list.scrollTop = list.scrollHeight;
    }
  }
}
