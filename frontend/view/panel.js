import { t } from '../strings.js';
import { html, useEffect, useRef } from '../vendor/htm-preact.js';
import { Icon } from './icon.js';

/** @typedef {import('../vendor/htm-preact.js').Child} Child */

/**
 * A column beside the conversation, or a dialog above it where there is no room for one.
 * @param {{label: string, kind: string, isColumn?: boolean, isOpen: boolean, onClose: () => void, children: Child}} props
 */
export function Panel({ label, kind, isColumn = false, isOpen, onClose, children }) {
  if (isColumn) {
    return html`<aside class=${`panel ${kind}`} aria-label=${label}>
      <h2>${label}</h2>
      ${children}
    </aside>`;
  }
  return isOpen && html`<${Dialog} label=${label} kind=${kind} onClose=${onClose}>${children}<//>`;
}

/** @param {{label: string, kind: string, onClose: () => void, children: Child}} props */
function Dialog({ label, kind, onClose, children }) {
  const dialog = /** @type {{current: HTMLDialogElement | null}} */ (useRef(null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog.current?.showModal();
    return () => before?.focus();
  }, []);
  /** @param {Event} event */
  const onClick = (event) => {
    if (event.target === dialog.current) {
      onClose();
    }
  };
  return html`<dialog class=${`panel ${kind}`} aria-label=${label} ref=${dialog} onClose=${onClose} onClick=${onClick}>
    <div class="inside">
      <header>
        <h2>${label}</h2>
        <button type="button" class="quiet" aria-label=${t.close} title=${t.close} onClick=${onClose}>
          <${Icon} name="close" />
        </button>
      </header>
      ${children}
    </div>
  </dialog>`;
}
