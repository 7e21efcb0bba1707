import { bytesOf } from '../model/place.js';
import { t } from '../strings.js';
import { html, useState } from '../vendor/htm-preact.js';

/** The longest name that servers take, in UTF-8. */
const MAX_NAME_BYTES = 128;

/** Which way an arrow key leads: -1 up, 1 down, 0 for other keys. @param {{ key: string }} event */
export function stepOf({ key }) {
	return Number(key === 'ArrowDown') - Number(key === 'ArrowUp');
}

/** @param {number} count */
export function upTo99(count) {
	return count > 99 ? '99+' : String(count);
}

/** @param {Message} message */
export function nameOf({ from, kind }) {
	return from.name || (kind === 'plain' ? t.somebody : t.guest);
}

/** The same colour for the same member, everywhere. @param {string} id */
export function colorOf(id) {
	const hue = [...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 360, 0);
	return { '--hue': hue };
}

/** @param {{ id: string, name: string }} props */
export function Avatar({ id, name }) {
	const [initial = ''] = name.trim();
	const letter = initial.toUpperCase();
	return html`<span class="avatar" style=${colorOf(id)} aria-hidden="true">${letter}</span>`;
}

/** @param {{ name: IconName }} props */
export function Icon({ name }) {
	return html`<svg class="icon" aria-hidden="true"><use href=${`icons.svg#${name}`} /></svg>`;
}

/** @param {IconButtonProps} props */
export function IconButton({ icon, label, onClick, count = 0 }) {
	const name = count ? `${label}, ${count}` : label;
	return html`<button type="button" class="quiet" aria-label=${name} title=${label} onClick=${onClick}>
		<${Icon} name=${icon} />${count > 0 && html`<span class="pill">${upTo99(count)}</span>`}
	</button>`;
}

/** A field to be filled in, a button that says what happens then, and what is wrong. @param {AskProps} props */
export function Ask(props) {
	const { id, label, action, first = '', isInRow, autocomplete = 'off', refuse, onAnswer } = props;
	const [problem, setProblem] = useState(props.problem ?? '');
	/** @param {SubmitEvent & { currentTarget: HTMLFormElement }} event */
	const onSubmit = (event) => {
		event.preventDefault();
		const answer = String(new FormData(event.currentTarget).get(id)).trim();
		const refusal = refuse(answer);
		setProblem(refusal);
		if (answer && !refusal) {
			event.currentTarget.reset();
			onAnswer(answer);
		}
	};
	return html`<form class=${isInRow ? 'ask row' : 'ask'} onSubmit=${onSubmit}>
		<label for=${id}>${label}</label>
		<input id=${id} name=${id} defaultValue=${first} autocomplete=${autocomplete} maxlength="128" required />
		<p class="problem" role="alert">${problem}</p>
		<button type="submit">${action}</button>
	</form>`;
}

/** @param {{ app: App, action: string, onAnswer: (name: string) => void }} props */
export function AskName({ app, action, onAnswer }) {
	/** @param {string} name */
	const refuse = (name) => (bytesOf(name) > MAX_NAME_BYTES ? t.nameTooLong : '');
	return html`<${Ask}
		id="name"
		label=${t.yourName}
		action=${action}
		first=${app.name}
		problem=${app.problem}
		autocomplete="nickname"
		refuse=${refuse}
		onAnswer=${onAnswer}
	/>`;
}
