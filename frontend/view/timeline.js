import { isSeen } from '../alerts.js';
import { rowsOf } from '../model/rows.js';
import { fill, t } from '../strings.js';
import { Component, html } from '../vendor/htm-preact.js';
import { Icon, stepOf } from './controls.js';
import { RowView } from './message.js';

/** So near to the end, the list follows what is new. */
const NEAR_PX = 80;
/** So near to what is not held, it is fetched. */
const FETCH_PX = 800;

/**
 * The list of messages. It follows its end while that is read, and otherwise keeps the lines that
 * are read where they are, whatever comes and goes above and below.
 * @extends {Component<ConversationProps, { active: string }>}
 */
export class TimelineView extends Component {
	// The list shrinks when the keyboard comes up or the text grows: its end stays in view.
	#observer = new ResizeObserver(() => this.#follow());
	#isPlaced = false;
	/** @type {number | undefined} the message that was scrolled to */ #shown;

	state = { active: '' };

	componentDidMount() {
		this.#observer.observe(this.#list);
		this.#arrange(null);
	}

	componentWillUnmount() {
		this.#observer.disconnect();
	}

	/** @returns {Anchor | null} */
	getSnapshotBeforeUpdate() {
		if (this.#timeline.isFollowing) {
			return null;
		}
		const { top } = this.#list.getBoundingClientRect();
		const first = this.#rows.find(
			(row) => row.dataset.key !== 'beginning' && row.getBoundingClientRect().bottom > top,
		);
		return first ? { key: first.dataset.key ?? '', top: first.getBoundingClientRect().top } : null;
	}

	/** @param {ConversationProps} _props @param {object} _state @param {Anchor | null} anchor */
	componentDidUpdate(_props, _state, anchor) {
		this.#arrange(anchor);
	}

	get #timeline() {
		return this.props.conversation.timeline;
	}

	get #list() {
		return /** @type {HTMLElement} */ (this.base?.querySelector('#timeline'));
	}

	get #rows() {
		return /** @type {HTMLElement[]} */ (Array.from(this.#list.children[0].children));
	}

	get #pxToEnd() {
		const { scrollHeight, scrollTop, clientHeight } = this.#list;
		return scrollHeight - scrollTop - clientHeight;
	}

	get #isNearEnd() {
		return this.#timeline.isAtEnd && this.#pxToEnd < NEAR_PX;
	}

	/** @param {Anchor | null} anchor */
	#arrange(anchor) {
		const { target, isFollowing, messages } = this.#timeline;
		const sought = target !== this.#shown && this.#list.querySelector(`[data-seq="${target}"]`);
		if (sought) {
			this.#shown = target;
			this.#show(sought, 'center');
		} else if (!this.#isPlaced && this.props.conversation.line.state === 'live') {
			const line = this.#list.querySelector('.line.new');
			if (line) {
				this.#show(line, 'start');
			}
			this.#follow();
			this.#isPlaced = messages.length > 0;
		} else if (isFollowing) {
			this.#follow();
		} else if (anchor) {
			const row = this.#rows.find(({ dataset }) => dataset.key === anchor.key);
			this.#list.scrollTop += row ? row.getBoundingClientRect().top - anchor.top : 0;
		}
		this.#fetch();
		this.#read();
	}

	/** @param {Element} row @param {'center' | 'start'} block */
	#show(row, block) {
		row.scrollIntoView({ block });
		this.#timeline.isFollowing = this.#isNearEnd;
	}

	#follow() {
		if (this.#timeline.isFollowing) {
			this.#list.scrollTop = this.#list.scrollHeight;
		}
	}

	#fetch() {
		if (this.props.conversation.line.state !== 'live') {
			return;
		}
		if (this.#list.scrollTop < FETCH_PX) {
			this.#timeline.loadOlder();
		}
		if (this.#pxToEnd < FETCH_PX) {
			this.#timeline.loadNewer();
		}
	}

	#read() {
		if (isSeen() && this.#isPlaced) {
			this.props.conversation.read();
		}
	}

	#onScroll = () => {
		const was = this.#timeline.isFollowing;
		this.#timeline.isFollowing = this.#isNearEnd;
		this.#fetch();
		this.#read();
		if (was !== this.#timeline.isFollowing) {
			this.forceUpdate();
		}
	};

	/** @param {KeyboardEvent} event */
	#onKeyDown = (event) => {
		const step = stepOf(event);
		if (!step || event.altKey || event.ctrlKey || event.metaKey) {
			return;
		}
		const rows = this.#rows.filter((row) => row.matches('.message'));
		const at = rows.findIndex((row) => row.contains(document.activeElement));
		const end = this.#list.getBoundingClientRect().bottom;
		const lastInView = rows.findLastIndex((row) => row.getBoundingClientRect().top < end);
		const next = rows[at < 0 ? lastInView : at + step];
		if (next) {
			event.preventDefault();
			next.focus({ preventScroll: true });
			next.scrollIntoView({ block: 'nearest' });
		}
	};

	/** The tools of a message are there only while it is pointed at. @param {{ target: Element }} event */
	#onPoint = ({ target }) => {
		const active = target.closest('.message')?.getAttribute('data-key') ?? '';
		if (active !== this.state.active) {
			this.setState({ active });
		}
	};

	#toEnd = () => {
		this.#timeline.toEnd();
		this.forceUpdate();
		this.#list.focus();
	};

	render() {
		const { app, conversation } = this.props;
		const { timeline, outbox, mark, me, name } = conversation;
		const { active } = this.state;
		const rows = rowsOf(timeline, outbox.pending, { id: me, name }, mark.line);
		const row = (/** @type {Row} */ each) =>
			html`<${RowView}
				key=${each.key}
				row=${each}
				name=${name}
				isActive=${each.key === active}
				isTarget=${each.type === 'message' && each.message.seq === timeline.target}
				app=${app}
			/>`;
		const unseen = timeline.unseen > 0 ? fill(t.unseen, { count: timeline.unseen }) : t.toNewest;
		return html`<div class="conversation">
			<div
				id="timeline"
				class="timeline"
				role="log"
				aria-live="off"
				aria-label=${t.conversation}
				tabindex="0"
				onScroll=${this.#onScroll}
				onKeyDown=${this.#onKeyDown}
				onMouseOver=${this.#onPoint}
				onfocusin=${this.#onPoint}
				onClick=${this.#onPoint}
			>
				<ol class="rows">
					${rows.map(row)}
				</ol>
				${timeline.search === 'gone' && html`<p class="line"><span>${t.targetGone}</span></p>`}
				${rows.length < 2 && timeline.beginning === 'first' && html`<p class="empty">${t.empty}</p>`}
			</div>
			${!timeline.isFollowing && html`<button type="button" class="jump" onClick=${this.#toEnd}>${unseen} <${Icon} name="down" /></button>`}
		</div>`;
	}
}
