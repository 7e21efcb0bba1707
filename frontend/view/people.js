import { t } from '../strings.js';
import { html } from '../vendor/htm-preact.js';
import { hueOf, initialOf } from './row.js';

/** Who is in the room. @param {{conversation: import('../model/conversation.js').Conversation}} props */
export function People({ conversation: { presence, me } }) {
  const { count, isListed } = presence;
  const typing = new Set(presence.typing.map(({ id }) => id));
  return html`
    <p class="soft">${count === undefined ? t.unknownPeople : t.here(count)}</p>
    ${
      isListed &&
      html`<ul class="list">
      ${presence.members.map(
        ({ id, name = '' }) => html`<li class="person" key=${id}>
          <span class=${`avatar hue${hueOf(id)}`} aria-hidden="true">${initialOf(name || t.guest)}</span>
          <span class="who"><bdi>${name || t.guest}</bdi>${id === me && ` (${t.you})`}</span>
          ${typing.has(id) && html`<span class="soft">${t.isTyping}</span>`}
        </li>`,
      )}
    </ul>`
    }
  `;
}
