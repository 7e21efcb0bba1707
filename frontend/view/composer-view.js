/** Where one writes: Enter sends, Shift and Enter begins a new line. */
export class ComposerView {
  #text;
  #problem;
  #onSend;
  #maxBytes = Infinity;

  /**
   * @param {HTMLFormElement} form
   * @param {(text: string) => void} onSend
   */
  constructor(form, onSend) {
    this.#text = /** @type {HTMLTextAreaElement} */ (form.querySelector('textarea'));
    this.#problem = /** @type {HTMLElement} */ (form.querySelector('.problem'));
    this.#onSend = onSend;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener('keydown', (event) => {
      // Not while an input method is composing: its Enter chooses a word.
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send();
      }
    });
    this.#text.addEventListener('input', () => this.say(''));
  }

  /** @param {number} bytes the longest message the server takes, in UTF-8 */
  set maxBytes(bytes) {
    this.#maxBytes = bytes;
  }

  focus() {
    this.#text.focus();
  }

  /** @param {string} problem */
  say(problem) {
    this.#problem.textContent = problem;
  }

  #send() {
    // An unpaired surrogate, as a cut emoji leaves it, cannot be sent: it becomes a replacement.
    const text = this.#text.value.trim().replace(/\p{Surrogate}/gu, '\ufffd');
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > this.#maxBytes) {
      this.say(`Too long: ${bytes} of at most ${this.#maxBytes} bytes.`);
    } else if (text) {
      this.#text.value = '';
      this.#onSend(text);
    }
  }
}
