import { Alerts, Announcer } from './alerts.js';
import { copy } from './clipboard.js';
import { fitKeyboard, Look } from './look.js';
import { Conversation } from './model/conversation.js';
import { addressOf, placeOf, targetOf } from './model/place.js';
import { Rooms } from './model/rooms.js';
import { Store } from './model/store.js';
import { keepShell } from './shell.js';
import { t } from './strings.js';
import { html, render } from './vendor/htm-preact.js';
import { Page } from './view/page.js';
import { labelOf } from './view/rooms.js';

/** From this width on, rooms and people stand beside the conversation. */
const WIDE = matchMedia('(min-width: 60rem)');
const TOAST_MS = 4000;

/** What the page is about at the moment, and what a person can do on it. */
export class App {
  /** @type {import('./model/place.js').Place | undefined} */ place;
  /** @type {Conversation | undefined} */ conversation;
  /** @type {'' | 'rooms' | 'people' | 'settings'} */ panel = '';
  problem = '';
  toast = '';
  #isDue = false;
  #version = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #toastTimer;
  #root = /** @type {HTMLElement} */ (document.getElementById('page'));

  constructor() {
    try {
      this.place = placeOf(location);
    } catch (e) {
      this.problem = /** @type {Error} */ (e).message;
    }
    const { server = '', http = '', isForeign = true } = this.place ?? {};
    this.store = new Store(server, Store.browser());
    // The policy of the page lets it ask no other server than its own.
    this.rooms = new Rooms(this.store, isForeign ? undefined : http);
    this.look = new Look(this.store, () => this.changed());
    this.alerts = new Alerts(this.store, () => this.changed());
    this.announcer = new Announcer();
    this.isTrusted = !isForeign || this.store.get('trusted') === true;
    const named = new URL(location.href).searchParams.get('name')?.trim();
    this.name = named || String(this.store.get('name') ?? '');
    this.#listen();
    if (this.place && this.name && this.isTrusted) {
      this.#begin();
    }
    this.#draw();
  }

  get isWide() {
    return WIDE.matches;
  }

  /** What is new in other rooms. */
  get unread() {
    return this.rooms.known.reduce((sum, { unread }) => sum + unread, 0);
  }

  /** @type {import('./view/row.js').Deeds} */
  deeds = {
    retry: (id) => this.conversation?.outbox.retry(id),
    discard: (id) => this.conversation?.outbox.discard(id),
    copyText: (text) => this.#copy(text, t.copied),
    copyLink: (seq) => this.#copy(addressOf(location, this.place?.room ?? '', seq), t.copied),
  };

  /** @param {string} name */
  join = (name) => {
    this.name = name;
    this.isTrusted = true;
    this.store.put('name', name);
    this.store.put('trusted', true);
    this.#begin();
  };

  /** @param {string} name */
  rename = (name) => {
    this.name = name;
    // A name in the address would be back after a reload.
    history.replaceState(null, '', addressOf(location, this.place?.room ?? ''));
    this.conversation?.rename(name);
    this.show('');
  };

  /** @param {string} room */
  enter = (room) => {
    history.pushState(null, '', addressOf(location, room));
    this.#arrive();
  };

  enterPrivate = () => {
    this.enter(Rooms.newPrivateName());
    this.#copy(location.href, t.privateMade);
  };

  copyRoomLink = () => this.#copy(addressOf(location, this.place?.room ?? ''), t.copied);

  /** @param {'' | 'rooms' | 'people' | 'settings'} panel */
  show(panel) {
    this.panel = panel;
    if (panel === 'rooms') {
      this.rooms.poll();
    }
    this.changed();
  }

  /** However much happens, the page is drawn once for each frame. */
  changed() {
    if (!this.#isDue) {
      this.#isDue = true;
      requestAnimationFrame(() => this.#draw());
    }
  }

  #draw() {
    this.#isDue = false;
    this.#version += 1;
    render(html`<${Page} app=${this} version=${this.#version} />`, this.#root);
  }

  /** The address names another room, or another message. */
  #arrive() {
    try {
      const place = placeOf(location);
      const isSame = place.room === this.place?.room;
      this.place = place;
      this.panel = '';
      if (!isSame || !this.conversation) {
        this.#begin();
      } else {
        this.#goToTarget(this.conversation);
      }
    } catch (e) {
      this.conversation?.close();
      this.place = this.conversation = undefined;
      this.problem = /** @type {Error} */ (e).message;
    }
    this.changed();
  }

  #begin() {
    this.conversation?.close();
    const place = /** @type {import('./model/place.js').Place} */ (this.place);
    const conversation = new Conversation(place, this.store, this.name);
    this.conversation = conversation;
    this.problem = '';
    conversation.addEventListener('change', () => {
      this.name = conversation.name;
      this.rooms.me = conversation.me;
      this.rooms.name = conversation.name;
      this.changed();
    });
    conversation.addEventListener('level', () => {
      if (isSeen()) {
        conversation.mark.settle(conversation.timeline.last);
      }
    });
    conversation.addEventListener('heard', (e) => {
      const { detail } = /** @type {CustomEvent} */ (e);
      this.announcer.onHeard(detail);
      this.alerts.onHeard(detail, conversation.isForMe(detail), labelOf(place.room));
    });
    conversation.addEventListener('refused', (e) => {
      conversation.close();
      this.conversation = undefined;
      this.problem = /** @type {CustomEvent} */ (e).detail;
      this.changed();
    });
    this.rooms.enter(place.room);
    this.alerts.title = `${labelOf(place.room)} – ${t.product}`;
    this.#goToTarget(conversation);
    conversation.open();
    this.rooms.poll();
    this.rooms.listOpen();
    this.changed();
  }

  /** @param {Conversation} conversation */
  #goToTarget(conversation) {
    const target = targetOf(location);
    if (target) {
      conversation.timeline.goTo(target);
    }
  }

  #listen() {
    this.rooms.addEventListener('change', () => this.changed());
    this.rooms.addEventListener('mention', (e) => {
      this.alerts.call(t.mentionedIn(labelOf(/** @type {CustomEvent} */ (e).detail)), '');
    });
    setInterval(() => isSeen() && this.rooms.poll(), Rooms.POLL_MS);
    WIDE.addEventListener('change', () => this.show(''));
    addEventListener('popstate', () => this.#arrive());
    addEventListener('online', () => this.conversation?.hurry());
    addEventListener('pagehide', () => this.conversation?.mark.save());
    document.addEventListener('visibilitychange', () => {
      if (isSeen()) {
        this.conversation?.hurry();
        this.conversation?.mark.settle(this.conversation.timeline.last);
        this.rooms.poll();
        this.changed();
      } else {
        this.conversation?.mark.leave();
      }
    });
  }

  /** @param {string} text @param {string} done */
  async #copy(text, done) {
    this.toast = (await copy(text)) ? done : t.notCopied;
    clearTimeout(this.#toastTimer);
    this.#toastTimer = setTimeout(() => {
      this.toast = '';
      this.changed();
    }, TOAST_MS);
    this.changed();
  }
}

function isSeen() {
  return document.visibilityState === 'visible';
}

fitKeyboard();
keepShell();
new App();
