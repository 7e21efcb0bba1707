import { begunMention } from '../model/formatted.js';
import { bytesOf, labelOf } from '../model/place.js';
import { fill, t } from '../strings.js';
import { Component, html } from '../vendor/htm-preact.js';
import { Icon, stepOf } from './controls.js';

/** When less than this share of the longest message is left, it is said. */
const TELL_SHARE = 0.2;
const MAX_LINES = 8;
const MANY_NAMES = 3;
const GROWS = CSS.supports('field-sizing', 'content');

/**
 * Where one writes: Enter sends, Shift and Enter begins a new line, Up takes back what has not left;
 * after an @ names are offered. What is not sent yet is kept per room.
 * @extends {Component<ConversationProps, ComposerState>}
 */
export class Composer extends Component {
	/** @type {ComposerState} */ state = { left: Infinity, offers: [], chosen: 0 };
	#draft = `draft ${this.props.conversation.room}`;

	componentDidMount() {
		this.#put(String(this.props.app.store.get(this.#draft) ?? ''));
		// On a phone it would bring up the keyboard, over what one came to read.
		if (!matchMedia('(pointer: coarse)').matches) {
			this.#text.focus({ preventScroll: true });
		}
	}

	get #text() {
		return /** @type {HTMLTextAreaElement} */ (this.base?.querySelector('textarea'));
	}

	/** @param {string} text */
	#put(text) {
		this.#text.value = text;
		this.#onChange();
	}

	#onChange() {
		const { value, selectionStart } = this.#text;
		const { app, conversation } = this.props;
		app.store.put(this.#draft, value || undefined);
		conversation.problem = '';
		if (!GROWS) {
			this.#text.rows = Math.min(MAX_LINES, value.split('\n').length);
		}
		const offers = conversation.offersFor(value.slice(0, selectionStart));
		this.setState({ left: this.#leftAfter(value), offers, chosen: 0 });
	}

	/** How many bytes are left, if that is few. @param {string} text */
	#leftAfter(text) {
		const most = this.props.conversation.maxBytes;
		const few = most * TELL_SHARE;
		// A character is at most three bytes per UTF-16 unit: most texts need no counting.
		const left = text.length * 3 > most - few ? most - bytesOf(text) : Infinity;
		return left < few ? left : Infinity;
	}

	#send() {
		// An unpaired surrogate, as a cut emoji leaves it, cannot be sent: it becomes a replacement.
		const text = this.#text.value.trim().replace(/\p{Surrogate}/gu, '\ufffd');
		const left = this.#leftAfter(text);
		if (left < 0) {
			this.setState({ left });
		} else if (text) {
			this.#put('');
			this.props.conversation.say(text);
		}
		this.#text.focus({ preventScroll: true });
	}

	/** @param {string} name */
	#complete(name) {
		const { value, selectionStart } = this.#text;
		const begun = begunMention(value.slice(0, selectionStart)) ?? '';
		this.#text.setRangeText(`${name} `, selectionStart - begun.length, selectionStart, 'end');
		this.#onChange();
	}

	#onInput = () => {
		this.#onChange();
		this.props.conversation.typing(this.#text.value !== '');
	};

	/** @param {KeyboardEvent} event */
	#onKeyDown = (event) => {
		// Not while an input method is composing: its Enter chooses a word.
		const isPlain = !event.isComposing && !event.altKey && !event.shiftKey;
		if (isPlain && (this.#isForOffers(event) || this.#isForText(event))) {
			event.preventDefault();
		}
	};

	/** @param {KeyboardEvent} event */
	#isForOffers(event) {
		const { offers, chosen } = this.state;
		const step = stepOf(event);
		if (offers.length === 0) {
			return false;
		}
		if (event.key === 'Enter' || event.key === 'Tab') {
			this.#complete(offers[chosen]);
		} else if (event.key === 'Escape') {
			this.#closeOffers();
		} else if (step) {
			this.setState({ chosen: (chosen + step + offers.length) % offers.length });
		} else {
			return false;
		}
		return true;
	}

	/** @param {KeyboardEvent} event */
	#isForText({ key }) {
		if (key === 'Enter') {
			this.#send();
			return true;
		}
		const isUp = key === 'ArrowUp' && this.#text.value === '';
		const text = isUp ? this.props.conversation.outbox.takeBack() : undefined;
		if (text !== undefined) {
			this.#put(text);
		}
		return text !== undefined;
	}

	#closeOffers = () => this.setState({ offers: [] });

	/** @param {Event} event */
	#onSubmit = (event) => {
		event.preventDefault();
		this.#send();
	};

	render() {
		const { conversation } = this.props;
		const { left, offers, chosen } = this.state;
		const most = conversation.maxBytes;
		const { mayWrite } = conversation;
		const closed = conversation.isLocked ? t.locked : t.readOnly;
		const tooLong = left < 0 && fill(t.tooLong, { bytes: most - left, most });
		const problem = mayWrite ? tooLong || conversation.problem : closed;
		const isFew = left >= 0 && left < Infinity;
		return html`<form id="composer" class="composer" onSubmit=${this.#onSubmit}>
			<p class="typing"><bdi>${typingOf(conversation)}</bdi></p>
			<label for="text" class="unseen">${t.message}</label>
			<textarea
				id="text"
				rows="1"
				dir="auto"
				enterkeyhint="send"
				autocomplete="off"
				disabled=${!mayWrite}
				placeholder=${fill(t.writeTo, { room: labelOf(conversation.room) })}
				aria-describedby="problem"
				aria-autocomplete="list"
				aria-controls=${offers.length > 0 ? 'offers' : undefined}
				aria-activedescendant=${offers.length > 0 ? `offer${chosen}` : undefined}
				onInput=${this.#onInput}
				onKeyDown=${this.#onKeyDown}
				onBlur=${this.#closeOffers}
			></textarea>
			<button class="send" disabled=${!mayWrite} aria-label=${t.send} title=${t.send}><${Icon} name="send" /></button>
			<p id="problem" class="problem" role="alert">${problem}</p>
			${isFew && html`<p class="soft">${fill(t.bytesLeft, { count: left })}</p>`}
			${offers.length > 0 && this.#offered()}
		</form>`;
	}

	#offered() {
		const { offers, chosen } = this.state;
		/** The field keeps the focus, and a phone its keyboard. @param {Event} event */
		const stay = (event) => event.preventDefault();
		const options = offers.map((name, i) => {
			const choose = () => this.#complete(name);
			return html`<li id=${`offer${i}`} role="option" aria-selected=${i === chosen} onClick=${choose}><bdi>${name}</bdi></li>`;
		});
		return html`<ul id="offers" class="offers" role="listbox" aria-label=${t.offers} onMouseDown=${stay}>${options}</ul>`;
	}
}

/** @param {Conversation} conversation */
function typingOf({ presence: { typing } }) {
	const names = typing.map(({ name }) => name || t.guest);
	const text = names.length > MANY_NAMES ? t.manyTyping : t.typing;
	return names.length > 0 && fill(text, { names, count: names.length });
}
