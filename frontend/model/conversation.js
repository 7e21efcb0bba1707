import { Connection } from '../net/connection.js';
import { isMentioned } from './formatted.js';
import { Outbox } from './outbox.js';
import { Presence } from './presence.js';
import { ReadMark } from './read-mark.js';
import { Timeline } from './timeline.js';

/**
 * One's stay in a room: the line to it, and all that is known of it.
 *
 * Tells of `change`, of `level` (all that was missed is there), of `heard` (detail: a message that
 * somebody else says now), and of `refused` (detail: why the server does not take who one says to be).
 */
export class Conversation extends EventTarget {
  /** How many messages from before are shown to a newcomer. */
  static #HISTORY = 100;
  /** How many missed messages are worth to be fetched on return; beyond, the newest. */
  static #AT_MOST = 500;
  /** So often one says that one types. */
  static #TYPING_MS = 3000;
  static #RENAME_ID = 'rename';

  #store;
  #connection;
  #isWelcome = false;
  #isResent = false;
  #retryWindow = 0;
  /** Whether the server knows of typing and renaming; until it says otherwise. */
  #canTell = true;
  #typedAt = 0;
  /** @type {string | undefined} the name until now, while the server is asked for another */ #formerName;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #resendTimer;

  presence = new Presence();
  /** @type {{state: string, until?: number, reason?: string}} */ line = { state: 'connecting' };
  /** One's own public id, as far as it is known. */
  me = '';
  /** The longest message the server takes, in bytes of UTF-8. */
  maxBytes = Infinity;
  /** What the server said last that is nobody's fault but the person's. */
  problem = '';

  /** @param {import('./place.js').Place} place @param {import('./store.js').Store} store @param {string} name */
  constructor(place, store, name) {
    super();
    this.#store = store;
    this.room = place.room;
    this.name = name;
    this.#connection = new Connection(place.url, () => this.#hello());
    this.timeline = new Timeline((object) => this.#connection.send(object));
    this.outbox = new Outbox(store, place.room, (object) => this.#connection.send(object));
    this.mark = new ReadMark(store, place.room);
    this.outbox.addEventListener('change', () => this.#changed());
    this.#connection.addEventListener('state', (e) =>
      this.#onState(/** @type {CustomEvent} */ (e).detail),
    );
    this.#connection.addEventListener('object', (e) => {
      this.#onObject(/** @type {CustomEvent} */ (e).detail);
      this.#changed();
    });
  }

  open() {
    this.#connection.open();
  }

  close() {
    this.mark.save();
    clearTimeout(this.#resendTimer);
    this.#connection.close();
  }

  /** The network, or the person, is back. */
  hurry() {
    this.#connection.hurry();
  }

  /** The person wants to be connected now. */
  insist() {
    this.#connection.insist();
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
    const isDue = isTyping ? now - this.#typedAt >= Conversation.#TYPING_MS : this.#typedAt > 0;
    if (isDue && this.#canTell && this.#connection.send({ type: 'typing', on: isTyping })) {
      this.#typedAt = isTyping ? now : 0;
    }
  }

  /** @param {string} name */
  rename(name) {
    const rename = { type: 'rename', id: Conversation.#RENAME_ID, name };
    this.#formerName ??= this.name;
    this.#call(name);
    if (!this.#canTell) {
      this.#connection.restart();
    } else if (!this.#connection.send(rename)) {
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
        timeline.unseen = 0;
        this.#changed();
      }
    }
  }

  #hello() {
    const { cursor } = this.timeline;
    return {
      type: 'hello',
      name: this.name,
      key: this.#store.key(),
      history: Conversation.#HISTORY,
      ...(cursor && { cursor, atMost: Conversation.#AT_MOST }),
    };
  }

  /** @param {Conversation['line']} line */
  #onState(line) {
    this.line = line;
    if (line.state !== 'live' && line.state !== 'catching-up') {
      this.#isWelcome = false;
      this.#typedAt = 0;
      this.#formerName = undefined;
      this.presence.typing = [];
      clearTimeout(this.#resendTimer);
      this.#resendTimer = undefined;
    }
    this.#changed();
  }

  /** @param {any} object */
  #onObject(object) {
    switch (object.type) {
      case 'welcome':
        this.#onWelcome(object);
        break;
      case 'message':
        this.#onMessage(object);
        break;
      case 'live':
        this.#onLive();
        break;
      case 'history':
        this.timeline.onHistory(object);
        break;
      case 'presence':
        this.presence.onPresence(object);
        break;
      case 'typing':
        this.presence.onTyping(object.who ?? [], this.me);
        break;
      case 'ok':
        this.#onOk(object);
        break;
      case 'error':
        this.#onError(object);
        break;
    }
  }

  /** @param {any} welcome */
  #onWelcome(welcome) {
    this.me = welcome.you.id;
    this.maxBytes = welcome.limits.message;
    this.#retryWindow = welcome.retryWindow;
    this.#isWelcome = true;
    this.#isResent = false;
    this.presence.onWelcome(welcome);
    if (welcome.resume === 'reset') {
      this.mark.clear(true);
    }
    this.timeline.onWelcome(welcome);
  }

  #onLive() {
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
    this.dispatchEvent(new Event('level'));
  }

  /** @param {import('./timeline.js').Message} message */
  #onMessage(message) {
    const isNew = message.seq > this.timeline.last;
    if (!this.timeline.add(message)) {
      this.#connection.restart();
    } else if (message.from.id === this.me) {
      if (message.id) {
        this.outbox.confirm(message.id);
      }
    } else if (isNew && this.line.state === 'live') {
      this.dispatchEvent(new CustomEvent('heard', { detail: message }));
    }
  }

  /** @param {{id: string, seq?: number}} ok */
  #onOk({ id, seq = 0 }) {
    if (id === Conversation.#RENAME_ID) {
      this.#formerName = undefined;
    } else if (seq <= this.timeline.last) {
      // Otherwise the message itself follows, and takes its place.
      this.outbox.confirm(id);
    }
  }

  /** @param {{id?: string, code: string, message: string, retryAfter?: number}} error */
  #onError({ id, code, message, retryAfter }) {
    if (!this.#isWelcome) {
      this.#connection.stop(message);
      this.dispatchEvent(new CustomEvent('refused', { detail: message }));
    } else if (code === 'unsupported') {
      this.#canTell = false;
      if (this.#formerName !== undefined) {
        // An older server learns a name only when one comes in.
        this.#connection.restart();
      }
    } else if (id === Conversation.#RENAME_ID) {
      this.problem = message;
      this.#call(this.#formerName ?? this.name);
      this.#formerName = undefined;
    } else if (id?.startsWith('history-')) {
      this.timeline.onRefused(id);
    } else if (id && retryAfter) {
      this.outbox.postpone(id);
      // One for all: each refused message asks for it.
      this.#resendTimer ??= setTimeout(() => {
        this.#resendTimer = undefined;
        this.outbox.resendPostponed();
      }, retryAfter);
    } else if (id) {
      this.outbox.fail(id, message);
    } else {
      this.problem = message;
    }
  }

  /** @param {string} name */
  #call(name) {
    this.name = name;
    this.#store.put('name', name);
    this.#changed();
  }

  /** Whether a message calls one by one's name. @param {import('./timeline.js').Message} message */
  isForMe(message) {
    return message.from.id !== this.me && isMentioned(message.text ?? '', this.name);
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
