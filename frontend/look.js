/** Light or dark: as the system has it, or as it was chosen here. */
export class Look {
	#store;

	/** @param {Store} store */
	constructor(store) {
		this.#store = store;
		this.chosen = String(store.get('look') ?? '');
		this.choose(this.chosen);
	}

	/** @param {string} look light, dark, or nothing for the system's */
	choose(look) {
		this.chosen = look;
		this.#store.put('look', look || undefined);
		document.documentElement.dataset.look = look;
	}
}

/** On phones whose keyboard lies over the page, the page ends where the keyboard begins. */
export function fitKeyboard() {
	const view = visualViewport;
	view?.addEventListener('resize', () => {
		// Who has zoomed in sees a part of the page, which need not fit.
		if (view.scale === 1) {
			document.documentElement.style.setProperty('--height', `${view.height}px`);
			scrollTo(0, 0);
		}
	});
}
