import { t } from '../strings.js';
import { Component, html } from '../vendor/htm-preact.js';
import { Icon } from './icon.js';

/** @typedef {{conversation: import('../model/conversation.js').Conversation, store: import('../model/store.js').Store, roomLabel: string, version: number}} Props */

/**
 * Where one writes: Enter sends, Shift and Enter begins a new line, Up takes back what has not left.
 * What is not sent yet is kept per room.
 * @extends {Component<Props, {problem: string, bytesLeft: number}>}
 */
export class Composer extends Component {
  /** From this share of the longest message on, it is said how much is left. */
  static #TELL_FROM = 0.8;
  static #MAX_LINES = 8;
  static #GROWS = CSS.supports('field-sizing', 'content');

  /** @type {HTMLTextAreaElement | null} */ #text = null;
  state = { problem: '', bytesLeft: Infinity };

  componentDidMount() {
    this.#put(String(this.props.store.get(this.#draftKey) ?? ''));
    // On a phone it would bring up the keyboard, over what one came to read.
    if (!matchMedia('(pointer: coarse)').matches) {
      this.focus();
    }
  }

  focus() {
    this.#text?.focus({ preventScroll: true });
  }

  get #draftKey() {
    return `draft ${this.props.conversation.room}`;
  }

  /** @param {string} text */
  #put(text) {
    if (this.#text) {
      this.#text.value = text;
      this.#onInput(false);
    }
  }

  #onInput(isTyped = true) {
    const { conversation, store } = this.props;
    const text = this.#text?.value ?? '';
    if (text) {
      store.put(this.#draftKey, text);
    } else {
      store.remove(this.#draftKey);
    }
    if (isTyped) {
      conversation.typing(text !== '');
    }
    if (this.#text && !Composer.#GROWS) {
      this.#text.rows = Math.min(Composer.#MAX_LINES, text.split('\n').length);
    }
    // A character is at most three bytes per UTF-16 unit: most texts need no counting.
    const most = conversation.maxBytes;
    const mayBeLong = text.length * 3 > most * Composer.#TELL_FROM;
    const bytes = mayBeLong ? bytesOf(text) : 0;
    const bytesLeft = bytes > most * Composer.#TELL_FROM ? most - bytes : Infinity;
    this.setState({ problem: bytesLeft < 0 ? t.tooLong(bytes, most) : '', bytesLeft });
    conversation.problem = '';
  }

  #send() {
    // An unpaired surrogate, as a cut emoji leaves it, cannot be sent: it becomes a replacement.
    const text = (this.#text?.value ?? '').trim().replace(/\p{Surrogate}/gu, '\ufffd');
    const most = this.props.conversation.maxBytes;
    if (text.length * 3 > most && bytesOf(text) > most) {
      this.setState({ problem: t.tooLong(bytesOf(text), most) });
    } else if (text) {
      this.#put('');
      this.props.conversation.say(text);
    }
    this.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    // Not while an input method is composing: its Enter chooses a word.
    if (event.isComposing) {
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'ArrowUp' && !this.#text?.value) {
      const text = this.props.conversation.outbox.takeBack();
      if (text !== undefined) {
        event.preventDefault();
        this.#put(text);
      }
    }
  };

  /** @param {Event} event */
  #onSubmit = (event) => {
    event.preventDefault();
    this.#send();
  };

  render() {
    const { conversation, roomLabel } = this.props;
    const { problem, bytesLeft } = this.state;
    const typing = conversation.presence.typing.map(({ name }) => name || t.guest);
    return html`<form id="composer" class="composer" onSubmit=${this.#onSubmit}>
      <p class="typing">${typing.length > 0 && html`<bdi>${t.typing(typing)}</bdi>`}</p>
      <label for="text" class="unseen">${t.message}</label>
      <textarea
        id="text"
        rows="1"
        dir="auto"
        enterkeyhint="send"
        autocomplete="off"
        placeholder=${t.writeTo(roomLabel)}
        aria-describedby="problem"
        ref=${(/** @type {HTMLTextAreaElement | null} */ text) => (this.#text = text)}
        onInput=${() => this.#onInput()}
        onKeyDown=${this.#onKeyDown}
      ></textarea>
      <button type="submit" class="send" aria-label=${t.send} title=${t.send}><${Icon} name="send" /></button>
      <p id="problem" class="problem" role="alert">${problem || conversation.problem}</p>
      ${bytesLeft >= 0 && bytesLeft < Infinity && html`<p class="left">${t.bytesLeft(bytesLeft)}</p>`}
    </form>`;
  }
}

/** @param {string} text */
function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}
