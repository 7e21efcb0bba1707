import { t } from '../strings.js';
import { html, useEffect, useLayoutEffect, useRef } from '../vendor/htm-preact.js';

/** The longest name that servers take, in UTF-8. */
const MAX_NAME_BYTES = 128;

/**
 * Asks for a name, and about a server that is not the page's own.
 * @param {{room: string, host?: string, name: string, problem: string, onJoin: (name: string) => void}} props
 */
export function Join({ room, host, name, problem, onJoin }) {
  return html`<main class="join">
    <h1 id="room"><bdi>${room}</bdi></h1>
    ${
      host &&
      html`<p id="foreign" class="foreign">${t.foreign(html`<strong id="server">${host}</strong>`)}</p>`
    }
    <${NameForm} name=${name} problem=${problem} action=${t.join} onName=${onJoin} />
    <p class="soft">${t.product}</p>
  </main>`;
}

/** @param {{name: string, problem: string, action: string, onName: (name: string) => void}} props */
export function NameForm({ name, problem, action, onName }) {
  const field = /** @type {{current: HTMLInputElement | null}} */ (useRef(null));
  const said = /** @type {{current: HTMLElement | null}} */ (useRef(null));
  // Before anybody can type into it.
  useLayoutEffect(() => {
    if (field.current) {
      field.current.value = name;
      field.current.focus();
    }
  }, []);
  useEffect(() => say(problem), [problem]);
  /** @param {string} text */
  const say = (text) => {
    if (said.current) {
      said.current.textContent = text;
    }
  };
  /** @param {Event} event */
  const onSubmit = (event) => {
    event.preventDefault();
    const chosen = field.current?.value.trim() ?? '';
    const isLong = new TextEncoder().encode(chosen).length > MAX_NAME_BYTES;
    say(isLong ? t.nameTooLong : '');
    if (chosen && !isLong) {
      onName(chosen);
    }
  };
  return html`<form onSubmit=${onSubmit}>
    <label for="name">${t.yourName}</label>
    <input id="name" name="name" autocomplete="nickname" maxlength="60" required ref=${field} />
    <p id="refused" class="problem" role="alert" ref=${said}></p>
    <button type="submit" class="wide">${action}</button>
  </form>`;
}
