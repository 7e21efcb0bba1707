import { addressOf, canBeRoom } from '../model/place.js';
import { Rooms } from '../model/rooms.js';
import { t } from '../strings.js';
import { html, useState } from '../vendor/htm-preact.js';
import { Icon } from './icon.js';

/** A private room's whole name is of no use to the eye. @param {string} room */
export function labelOf(room) {
  const [, start] = /^private-([0-9a-f]{4})[0-9a-f]{28}$/.exec(room) ?? [];
  return start ? t.privateRoom(start) : room;
}

/** The rooms one knows, and ways into others. @param {{rooms: Rooms, onEnter: (room: string) => void, onPrivate: () => void}} props */
export function RoomList({ rooms, onEnter, onPrivate }) {
  return html`
    <ul class="list">
      ${rooms.known.map((known) => html`<${RoomLink} key=${known.room} known=${known} here=${rooms.here} onEnter=${onEnter} onForget=${() => rooms.forget(known.room)} />`)}
    </ul>
    ${
      rooms.others.length > 0 &&
      html`<h3>${t.publicRooms}</h3>
      <ul class="list">
        ${rooms.others.map((room) => html`<${RoomLink} key=${room} known=${{ room, unread: 0 }} onEnter=${onEnter} />`)}
      </ul>`
    }
    <${OtherRoom} onEnter=${onEnter} />
    <button type="button" class="wide quiet" onClick=${onPrivate}>${t.newPrivate}</button>
  `;
}

/** @param {{known: import('../model/rooms.js').Known, here?: string, onEnter: (room: string) => void, onForget?: () => void}} props */
function RoomLink({ known: { room, unread, isMentioned }, here, onEnter, onForget }) {
  const isHere = room === here;
  /** @param {MouseEvent} event */
  const go = (event) => {
    // With a key held, the browser opens the address elsewhere.
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      onEnter(room);
    }
  };
  const count = unread >= Rooms.MOST ? '99+' : String(unread);
  return html`<li class=${isHere ? 'room here' : 'room'}>
    <a href=${addressOf(location, room)} aria-current=${isHere ? 'page' : undefined} onClick=${go}>
      <bdi>${labelOf(room)}</bdi>
      ${
        unread > 0 &&
        html` <span class=${isMentioned ? 'badge me' : 'badge'}>
        <span aria-hidden="true">${isMentioned && '@ '}${count}</span><span class="unseen">${t.unread(count)}</span>
      </span>`
      }
    </a>
    ${
      !isHere &&
      onForget &&
      html`<button type="button" class="quiet" aria-label=${t.forget(labelOf(room))} title=${t.forget(labelOf(room))} onClick=${onForget}>
      <${Icon} name="close" />
    </button>`
    }
  </li>`;
}

/** @param {{onEnter: (room: string) => void}} props */
function OtherRoom({ onEnter }) {
  const [problem, setProblem] = useState('');
  /** @param {SubmitEvent} event */
  const onSubmit = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem('room'));
    const room = field.value.trim();
    if (!canBeRoom(room)) {
      setProblem(t.noSuchRoomHere);
    } else if (room) {
      field.value = '';
      setProblem('');
      onEnter(room);
    }
  };
  return html`<form class="other" onSubmit=${onSubmit}>
    <label for="other">${t.roomName}</label>
    <span class="pair">
      <input id="other" name="room" autocomplete="off" autocapitalize="off" />
      <button type="submit">${t.go}</button>
    </span>
    <p class="problem" role="alert">${problem}</p>
  </form>`;
}
