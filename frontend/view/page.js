import { t } from '../strings.js';
import { html } from '../vendor/htm-preact.js';
import { Composer } from './composer.js';
import { Icon } from './icon.js';
import { Join } from './join.js';
import { Panel } from './panel.js';
import { People } from './people.js';
import { labelOf, RoomList } from './rooms.js';
import { Settings } from './settings.js';
import { Status } from './status.js';
import { TimelineView } from './timeline.js';

/** The whole page. @param {{app: import('../app.js').App, version: number}} props */
export function Page({ app, version }) {
  const { conversation, place, store } = app;
  if (!place) {
    return html`<main class="join">
      <h1>${t.product}</h1>
      <p id="status" class="problem" role="alert">${app.problem}</p>
      <p><a href="?room=general">${t.toGeneral}</a></p>
    </main>`;
  }
  const room = labelOf(place.room);
  if (!conversation) {
    const host = app.isTrusted ? undefined : place.host;
    return html`<${Join} room=${room} host=${host} name=${app.name} problem=${app.problem} onJoin=${app.join} />`;
  }
  const { isWide, panel } = app;
  const close = () => app.show('');
  return html`
    <header class="bar">
      ${!isWide && buttonOf('rooms', t.rooms, () => app.show('rooms'), app.unread)}
      <div class="title">
        <h1 id="room"><bdi>${room}</bdi></h1>
        <${Status} line=${conversation.line} onHurry=${() => conversation.insist()} />
      </div>
      ${buttonOf('link', t.invite, app.copyRoomLink)}
      ${!isWide && buttonOf('people', t.people, () => app.show('people'), conversation.presence.count)}
      ${buttonOf('settings', t.settings, () => app.show('settings'))}
    </header>
    <div class="columns">
      <${Panel} label=${t.rooms} kind="rooms" isColumn=${isWide} isOpen=${panel === 'rooms'} onClose=${close}>
        <${RoomList} rooms=${app.rooms} onEnter=${app.enter} onPrivate=${app.enterPrivate} />
      <//>
      <main id="chat" class="chat">
        <${TimelineView} key=${place.room} conversation=${conversation} version=${version} deeds=${app.deeds} />
        <${Composer} key=${place.room} conversation=${conversation} store=${store} roomLabel=${room} version=${version} />
      </main>
      <${Panel} label=${t.people} kind="people" isColumn=${isWide} isOpen=${panel === 'people'} onClose=${close}>
        <${People} conversation=${conversation} />
      <//>
    </div>
    <${Panel} label=${t.settings} kind="settings" isOpen=${panel === 'settings'} onClose=${close}>
      <${Settings} name=${conversation.name} onName=${app.rename} look=${app.look} alerts=${app.alerts} />
    <//>
    <p class="toast" role="status">${app.toast}</p>
  `;
}

/** @param {'rooms' | 'people' | 'link' | 'settings'} icon @param {string} label @param {() => void} onClick @param {number} [count] */
function buttonOf(icon, label, onClick, count) {
  return html`<button type="button" class="quiet" aria-label=${count ? `${label}, ${count}` : label} title=${label} onClick=${onClick}>
    <${Icon} name=${icon} />${count ? html`<span class="count">${count > 99 ? '99+' : count}</span>` : ''}
  </button>`;
}
