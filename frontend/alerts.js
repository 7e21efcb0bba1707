import { fill, t } from './strings.js';
import { nameOf, upTo99 } from './view/controls.js';

const SOUND_S = 0.25;
const SOUND_HZ = 660;
/** So long the announcer gathers what is said. */
const GATHER_MS = 700;
const READ_OUT = 3;
const LONGEST_CHARS = 300;

/** Whether somebody may be looking at the page. */
export function isSeen() {
	return document.visibilityState === 'visible';
}

/** Tells a person who looks elsewhere: by the title, and on request by a notification and a sound. */
export class Alerts {
	/** Not on plain http, where browsers forbid it. */
	canNotify = isSecureContext && 'Notification' in globalThis;
	#store;
	#missed = 0;
	#title = t.product;

	/** @param {Store} store */
	constructor(store) {
		this.#store = store;
	}

	get notifies() {
		const isWanted = this.#store.get('notify') === true;
		return isWanted && this.canNotify && Notification.permission === 'granted';
	}

	get sounds() {
		return this.#store.get('sound') === true;
	}

	async toggleNotify() {
		const isGranted = !this.notifies && (await Notification.requestPermission()) === 'granted';
		this.#store.put('notify', isGranted);
	}

	toggleSound() {
		this.#store.put('sound', !this.sounds);
		this.#beep();
	}

	/** Somebody looks at the page, under this title. */
	onSeen(title = this.#title) {
		this.#title = document.title = title;
		this.#missed = 0;
	}

	/** @param {Message} message @param {boolean} isForMe @param {string} room */
	onHeard(message, isForMe, room) {
		if (!isSeen()) {
			this.#missed += 1;
			document.title = `(${upTo99(this.#missed)}) ${this.#title}`;
		}
		if (isForMe) {
			this.call(fill(t.mentioned, { who: nameOf(message), room }), message.text);
		}
	}

	/** @param {string} title */
	call(title, text = '') {
		this.#beep();
		if (this.notifies && !isSeen()) {
			const body = text.slice(0, LONGEST_CHARS);
			try {
				new Notification(title, { body, icon: 'icon.svg', tag: title });
			} catch {
				// Some phones show them only for a service worker.
			}
		}
	}

	#beep() {
		if (this.sounds) {
			const audio = new AudioContext();
			const tone = new OscillatorNode(audio, { frequency: SOUND_HZ });
			const volume = new GainNode(audio, { gain: 0.15 });
			volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + SOUND_S);
			tone.connect(volume).connect(audio.destination);
			tone.start();
			tone.stop(audio.currentTime + SOUND_S);
			tone.onended = () => audio.close();
		}
	}
}

/** Has screen readers say what others say now, and nothing of what was said before. */
export class Announcer {
	#region = document.createElement('div');
	/** @type {string[]} */ #heard = [];

	constructor() {
		this.#region.className = 'unseen';
		this.#region.ariaLive = 'polite';
		document.body.append(this.#region);
	}

	/** @param {Message} message */
	onHeard(message) {
		if (this.#heard.length === 0) {
			setTimeout(() => this.#say(), GATHER_MS);
		}
		const { text = '' } = message;
		this.#heard.push(fill(t.heard, { who: nameOf(message), text: text.slice(0, LONGEST_CHARS) }));
	}

	#say() {
		const count = this.#heard.length;
		this.#region.innerText =
			count > READ_OUT ? fill(t.heardMany, { count }) : this.#heard.join('\n');
		this.#heard = [];
	}
}
