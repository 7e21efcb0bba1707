/** Waits between attempts to connect: full jitter, so that clients that left together do not return together. */
export class Backoff {
	static FIRST_MS = 500;
	static MAX_MS = 30_000;

	#random;
	#attempts = 0;

	/** @param {() => number} random a number from 0 up to 1 */
	constructor(random = Math.random) {
		this.#random = random;
	}

	/** How long to wait before the next attempt, in milliseconds. */
	next() {
		const ceiling = Math.min(Backoff.MAX_MS, Backoff.FIRST_MS * 2 ** this.#attempts);
		this.#attempts += 1;
		return this.#random() * ceiling;
	}

	/** A connection has proved to be stable. */
	reset() {
		this.#attempts = 0;
	}
}
