import { t } from '../strings.js';
import { html } from '../vendor/htm-preact.js';
import { NameForm } from './join.js';

/** @param {{name: string, onName: (name: string) => void, look: import('../look.js').Look, alerts: import('../alerts.js').Alerts}} props */
export function Settings({ name, onName, look, alerts }) {
  return html`
    <${NameForm} name=${name} problem="" action=${t.rename} onName=${onName} />
    <fieldset>
      <legend>${t.look}</legend>
      ${Object.entries(t.looks).map(
        ([value, label]) => html`<label class="choice">
          <input type="radio" name="look" checked=${look.chosen === value} onChange=${() => look.choose(value)} />
          ${label}
        </label>`,
      )}
    </fieldset>
    <fieldset>
      <legend>${t.onMention}</legend>
      ${
        alerts.canNotify &&
        html`<label class="choice">
        <input type="checkbox" checked=${alerts.notifies} onChange=${() => alerts.toggleNotify()} />
        ${t.notify}
      </label>`
      }
      <label class="choice">
        <input type="checkbox" checked=${alerts.sounds} onChange=${() => alerts.toggleSound()} />
        ${t.sound}
      </label>
    </fieldset>
  `;
}
