import { t } from './strings.js';
import { nameOf } from './view/row.js';

const SOUND_S = 0.25;
const SOUND_HZ = 660;
/** So long the announcer gathers what is said. */
const GATHER_MS = 700;
const READ_OUT = 3;
const LONGEST_CHARS = 300;

/** Tells a person who looks elsewhere: by the title, and on request by a notification and a sound. */
export class Alerts {
  #store;
  #onChange;
  #missed = 0;
  #title = t.product;

  /** @param {import('./model/store.js').Store} store @param {() => void} onChange */
  constructor(store, onChange) {
    this.#store = store;
    this.#onChange = onChange;
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') {
        this.#missed = 0;
        this.#showTitle();
      }
    });
  }

  /** Not on plain http, where browsers forbid it. */
  get canNotify() {
    return isSecureContext && 'Notification' in globalThis;
  }

  get notifies() {
    return (
      this.canNotify && Notification.permission === 'granted' && this.#store.get('notify') === true
    );
  }

  get sounds() {
    return this.#store.get('sound') === true;
  }

  async toggleNotify() {
    const wanted = !this.notifies;
    const isGranted = wanted && (await Notification.requestPermission()) === 'granted';
    this.#store.put('notify', isGranted);
    this.#onChange();
  }

  toggleSound() {
    this.#store.put('sound', !this.sounds);
    if (this.sounds) {
      beep();
    }
    this.#onChange();
  }

  /** @param {string} title of the page */
  set title(title) {
    this.#title = title;
    this.#showTitle();
  }

  /** @param {import('./model/timeline.js').Message} message @param {boolean} isForMe @param {string} room */
  onHeard(message, isForMe, room) {
    if (document.visibilityState !== 'visible') {
      this.#missed += 1;
      this.#showTitle();
    }
    if (isForMe) {
      this.call(t.mentioned(nameOf(message), room), message.text ?? '');
    }
  }

  /** @param {string} title @param {string} body */
  call(title, body) {
    if (this.sounds) {
      beep();
    }
    if (this.notifies && document.visibilityState !== 'visible') {
      try {
        new Notification(title, {
          body: body.slice(0, LONGEST_CHARS),
          icon: 'icon.svg',
          tag: title,
        });
      } catch {
        // Some phones show them only for a service worker.
      }
    }
  }

  #showTitle() {
    document.title =
      this.#missed > 0
        ? `(${this.#missed > 99 ? '99+' : this.#missed}) ${this.#title}`
        : this.#title;
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

  /** @param {import('./model/timeline.js').Message} message */
  onHeard(message) {
    if (this.#heard.length === 0) {
      setTimeout(() => this.#say(), GATHER_MS);
    }
    this.#heard.push(t.heard(nameOf(message), (message.text ?? '').slice(0, LONGEST_CHARS)));
  }

  #say() {
    const lines = this.#heard.length > READ_OUT ? [t.heardMany(this.#heard.length)] : this.#heard;
    this.#heard = [];
    this.#region.replaceChildren(
      ...lines.map((line) => {
        const paragraph = document.createElement('p');
        paragraph.textContent = line;
        return paragraph;
      }),
    );
  }
}

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = SOUND_HZ;
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + SOUND_S);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + SOUND_S);
  tone.addEventListener('ended', () => audio.close());
}
