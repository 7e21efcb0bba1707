/** @typedef {{id: string, name?: string}} Member */

/** Who is in the room, and who types, as far as the server says it. */
export class Presence {
  #version = -1;
  /** @type {Map<string, string>} names by member */
  #members = new Map();
  /** @type {number | undefined} how many there are; unknown: a server that does not tell */
  count;
  /** Whether the members are known one by one, and not only counted. */
  isListed = false;
  /** @type {Member[]} */ typing = [];

  /** In the order of their names. @returns {Member[]} */
  get members() {
    return [...this.#members]
      .map(([id, name]) => ({ id, name }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** @param {{count: number, members?: Member[], version?: number}} welcome */
  onWelcome({ count, members, version }) {
    this.typing = [];
    this.#members.clear();
    // Without a version it is never told again, and soon wrong.
    this.#version = version ?? Infinity;
    this.count = version === undefined ? undefined : count;
    this.isListed = version !== undefined && members !== undefined;
    if (this.isListed) {
      members?.forEach((member) => this.#join(member));
    }
  }

  /** @param {{join?: Member[], leave?: Member[], members?: Member[], count: number, version: number}} presence */
  onPresence({ join, leave, members, count, version }) {
    if (version <= this.#version) {
      return;
    }
    this.#version = version;
    this.count = count;
    if (members || (!join && !leave)) {
      this.#members.clear();
      this.isListed = members !== undefined;
    }
    leave?.forEach(({ id }) => this.#members.delete(id));
    for (const member of [...(members ?? []), ...(join ?? [])]) {
      this.#join(member);
    }
  }

  /** @param {Member[]} who @param {string} me */
  onTyping(who, me) {
    this.typing = who.filter(({ id }) => id !== me);
  }

  /** @param {Member} member */
  #join({ id, name = '' }) {
    this.#members.set(id, name);
  }
}
