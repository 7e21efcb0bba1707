/** Light or dark: as the system has it, or as it was chosen here. */
export class Look {
  #store;
  #onChange;

  /** @param {import('./model/store.js').Store} store @param {() => void} onChange */
  constructor(store, onChange) {
    this.#store = store;
    this.#onChange = onChange;
    this.#apply();
  }

  /** @returns {string} light, dark, or nothing for the system's */
  get chosen() {
    const kept = this.#store.get('look');
    return kept === 'light' || kept === 'dark' ? kept : '';
  }

  /** @param {string} look */
  choose(look) {
    this.#store.put('look', look);
    this.#apply();
    this.#onChange();
  }

  #apply() {
    document.documentElement.dataset.look = this.chosen;
  }
}

/** On phones whose keyboard lies over the page, the page ends where the keyboard begins. */
export function fitKeyboard() {
  const view = globalThis.visualViewport;
  view?.addEventListener('resize', () => {
    // Who has zoomed in sees a part of the page, which need not fit.
    if (view.scale === 1) {
      document.documentElement.style.setProperty('--height', `${view.height}px`);
      scrollTo(0, 0);
    }
  });
}
