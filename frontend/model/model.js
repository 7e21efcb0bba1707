/**
 * What others may listen to: `on` and `tell` take the names of events, with what belongs to them.
 * @template {object} Events
 */
export class Model {
	// Its own: what one listener throws is no reason not to tell the next.
	#target = new EventTarget();

	/** @template {keyof Events & string} Name @param {Name} name @param {(detail: Events[Name]) => void} listener */
	on(name, listener) {
		this.#target.addEventListener(name, (event) =>
			listener(/** @type {CustomEvent} */ (event).detail),
		);
	}

	/** @template {keyof Events & string} Name @param {Name} name @param {Events[Name]} [detail] */
	tell(name, detail) {
		this.#target.dispatchEvent(new CustomEvent(name, { detail }));
	}
}
