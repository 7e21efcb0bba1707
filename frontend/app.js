import { Alerts, Announcer, isSeen } from './alerts.js';
import { copy } from './clipboard.js';
import { fitKeyboard, Look } from './look.js';
import { Conversation } from './model/conversation.js';
import { addressOf, inviteOf, labelOf, placeOf, targetOf } from './model/place.js';
import { Rooms } from './model/rooms.js';
import { Store } from './model/store.js';
import { keepShell } from './shell.js';
import { fill, t } from './strings.js';
import { html, render } from './vendor/htm-preact.js';
import { Page } from './view/page.js';
import { stepOf } from './view/controls.js';

/** From this width on, rooms and people stand beside the conversation. */
const WIDE = matchMedia('(min-width: 60rem)');
const TOAST_MS = 4000;
const ROOT = /** @type {HTMLElement} */ (document.getElementById('page'));

/** What the page is about at the moment, and what a person can do on it. */
export class App {
	/** @type {Place | undefined} */ place;
	/** @type {Conversation | undefined} */ conversation;
	/** @type {PanelName} */ panel = '';
	problem = '';
	toast = '';
	#isDue = false;
	#version = 0;
	#toastTimer = 0;

	constructor() {
		this.#locate();
		const { server = '', http = '', isForeign = true } = this.place ?? {};
		this.store = new Store(server, Store.browser());
		// The policy of the page lets it ask no other server than its own.
		this.rooms = new Rooms(this.store, isForeign ? undefined : http);
		this.look = new Look(this.store);
		this.alerts = new Alerts(this.store);
		this.announcer = new Announcer();
		this.isTrusted = !isForeign || this.store.get('trusted') === true;
		const named = new URL(location.href).searchParams.get('name')?.trim();
		this.name = named || String(this.store.get('name') ?? '');
		this.#listen();
		if (this.place && this.name && this.isTrusted) {
			this.#begin(this.place);
		}
		this.#draw();
	}

	get isWide() {
		return WIDE.matches;
	}

	/** @param {string} name */
	join = (name) => {
		this.name = name;
		this.isTrusted = true;
		this.store.put('name', name);
		this.store.put('trusted', true);
		if (this.place) {
			this.#begin(this.place);
		}
	};

	/** @param {string} name */
	rename = (name) => {
		this.name = name;
		// A name in the address would be back after a reload.
		history.replaceState(null, '', this.addressOf());
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
		this.copy(location.href, t.privateMade);
	};

	/** Of the room, or of a message in it. @param {number} [seq] */
	addressOf(seq) {
		return addressOf(location, this.place?.room ?? '', seq);
	}

	/** @param {string} text */
	async copy(text, done = t.copied) {
		this.toast = (await copy(text)) ? done : t.notCopied;
		clearTimeout(this.#toastTimer);
		this.#toastTimer = setTimeout(() => {
			this.toast = '';
			this.changed();
		}, TOAST_MS);
		this.changed();
	}

	/** @param {PanelName} panel */
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
		render(html`<${Page} app=${this} version=${this.#version} />`, ROOT);
	}

	#locate() {
		try {
			this.place = placeOf(location);
		} catch (e) {
			this.place = undefined;
			this.problem = /** @type {Error} */ (e).message;
		}
	}

	/** The address names another room, or another message. */
	#arrive() {
		const before = this.place?.room;
		this.#locate();
		this.panel = '';
		if (!this.place) {
			this.#leave();
		} else if (this.conversation && this.place.room === before) {
			this.#goToTarget(this.conversation);
		} else {
			this.#begin(this.place);
		}
		this.changed();
	}

	#leave() {
		this.conversation?.close();
		this.conversation = undefined;
	}

	/** @param {Place} place */
	#begin(place) {
		this.#leave();
		const label = labelOf(place.room);
		const conversation = new Conversation(place, this.store, this.name, inviteOf(location));
		this.conversation = conversation;
		this.problem = '';
		conversation.on('change', () => {
			this.name = this.rooms.name = conversation.name;
			this.rooms.me = conversation.me;
			this.changed();
		});
		conversation.on(
			'level',
			() => isSeen() && conversation.mark.settle(conversation.timeline.last),
		);
		conversation.on('heard', (message) => {
			this.announcer.onHeard(message);
			this.alerts.onHeard(message, conversation.isForMe(message), label);
		});
		conversation.on('refused', (problem) => {
			this.#leave();
			this.problem = problem;
			this.changed();
		});
		this.rooms.enter(place.room);
		this.alerts.onSeen(`${label} – ${t.product}`);
		this.#goToTarget(conversation);
		conversation.connection.open();
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
		this.rooms.on('change', () => this.changed());
		this.rooms.on('mention', (room) => {
			this.alerts.call(fill(t.mentionedIn, { room: labelOf(room) }));
		});
		setInterval(() => isSeen() && this.rooms.poll(), Rooms.POLL_MS);
		WIDE.addEventListener('change', () => this.show(''));
		addEventListener('popstate', () => this.#arrive());
		addEventListener('online', () => this.conversation?.connection.hurry());
		addEventListener('pagehide', () => this.conversation?.mark.save());
		document.addEventListener('keydown', (event) => this.#onKeyDown(event));
		document.addEventListener('visibilitychange', () => {
			if (!isSeen()) {
				this.conversation?.mark.leave();
				return;
			}
			this.alerts.onSeen();
			this.conversation?.connection.hurry();
			this.conversation?.mark.settle(this.conversation.timeline.last);
			this.rooms.poll();
			this.changed();
		});
	}

	/** @param {KeyboardEvent} event */
	#onKeyDown(event) {
		const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
		const step = stepOf(event);
		if (!this.conversation || shiftKey) {
			return;
		}
		if (key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey) {
			event.preventDefault();
			this.show(this.isWide ? '' : 'rooms');
			this.#draw();
			document.getElementById('other')?.focus();
		} else if (step && altKey && !ctrlKey && !metaKey) {
			event.preventDefault();
			this.enter(this.rooms.next(step));
		}
	}
}

fitKeyboard();
keepShell();
new App();
