/** Who is in the room, and who types, as far as the server says it. */
export class Presence {
	#version = -1;
	/** @type {Map<string, string>} names by member */ #members = new Map();
	/** How many there are. */
	count = 0;
	/** Whether the members are known one by one, and not only counted. */
	isListed = false;
	/** @type {Member[]} */ typing = [];

	/** In the order of their names. */
	get members() {
		return [...this.#members]
			.map(([id, name]) => ({ id, name }))
			.sort((a, b) => a.name.localeCompare(b.name));
	}

	/** @param {Pick<Welcome, 'count' | 'members' | 'version'>} welcome */
	onWelcome({ count, members, version }) {
		this.typing = [];
		this.#version = -1;
		this.onPresence({ count, members, version });
	}

	/** @param {PresenceNews} news */
	onPresence({ join = [], leave = [], members, count, version }) {
		if (version <= this.#version) {
			return;
		}
		this.#version = version;
		this.count = count;
		if (members || join.length + leave.length === 0) {
			this.#members.clear();
			this.isListed = members !== undefined;
		}
		leave.forEach(({ id }) => this.#members.delete(id));
		[...(members ?? []), ...join].forEach(({ id, name = '' }) => this.#members.set(id, name));
	}

	/** @param {Member[]} who @param {string} me */
	onTyping(who, me) {
		this.typing = who.filter(({ id }) => id !== me);
	}
}
