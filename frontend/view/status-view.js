/** Says how the connection is, and offers to hurry it. */
export class StatusView {
  static #WORDS = /** @type {Record<string, string>} */ ({
    connecting: 'Connecting…',
    'catching-up': 'Catching up…',
    live: 'Connected',
  });

  #line;
  #button;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #countdown;

  /**
   * @param {HTMLElement} line
   * @param {HTMLElement} button
   * @param {() => void} onHurry
   */
  constructor(line, button, onHurry) {
    this.#line = line;
    this.#button = button;
    button.addEventListener('click', onHurry);
  }

  /** @param {{state: string, until?: number, reason?: string}} connection */
  show({ state, until = 0, reason }) {
    clearInterval(this.#countdown);
    this.#line.dataset.state = state;
    this.#button.hidden = state !== 'offline' && state !== 'stopped';
    if (state === 'offline') {
      const count = () => {
        const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
        this.#say(`Offline, next attempt in ${seconds} s`);
      };
      count();
      this.#countdown = setInterval(count, 1000);
    } else if (state === 'stopped') {
      this.#say(`Disconnected: ${reason || 'the server said to stay away'}`);
    } else {
      this.#say(StatusView.#WORDS[state] ?? state);
    }
  }

  /** @param {string} text */
  #say(text) {
    if (this.#line.textContent !== text) {
      this.#line.textContent = text;
    }
  }
}
