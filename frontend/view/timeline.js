import { rowsOf } from '../model/rows.js';
import { t } from '../strings.js';
import { Component, html } from '../vendor/htm-preact.js';
import { Icon } from './icon.js';
import { RowView } from './row.js';

/** @typedef {import('../model/conversation.js').Conversation} Conversation */
/** @typedef {{conversation: Conversation, version: number, deeds: import('./row.js').Deeds}} Props */
/** @typedef {{key: string, top: number}} Anchor a row that must not move, and where it is */

/**
 * The list of messages. It follows its end while that is read, and otherwise keeps the lines that
 * are read where they are, whatever comes and goes above and below.
 * @extends {Component<Props, {active: string}>}
 */
export class TimelineView extends Component {
  /** So near to the end, the list follows what is new. */
  static #NEAR_PX = 80;
  /** So near to what is not held, it is fetched. */
  static #FETCH_PX = 800;

  /** @type {HTMLElement | null} */ #list = null;
  /** @type {ResizeObserver | undefined} */ #observer;
  #isPlaced = false;
  /** @type {number | undefined} the message that was scrolled to */ #shown;

  state = { active: '' };

  componentDidMount() {
    // The list shrinks when the keyboard comes up or the text grows: its end stays in view.
    this.#observer = new ResizeObserver(() => this.#follow());
    if (this.#list) {
      this.#observer.observe(this.#list);
    }
    this.#arrange(null);
  }

  componentWillUnmount() {
    this.#observer?.disconnect();
  }

  /** @returns {Anchor | null} */
  getSnapshotBeforeUpdate() {
    const list = this.#list;
    if (!list || this.props.conversation.timeline.isFollowing) {
      return null;
    }
    const top = list.getBoundingClientRect().top;
    const first = this.#rows().find(
      (row) => row.getBoundingClientRect().bottom > top && row.dataset.key !== 'beginning',
    );
    return first ? { key: first.dataset.key ?? '', top: first.getBoundingClientRect().top } : null;
  }

  /** @param {Props} _props @param {object} _state @param {Anchor | null} anchor */
  componentDidUpdate(_props, _state, anchor) {
    this.#arrange(anchor);
  }

  /** @param {Anchor | null} anchor */
  #arrange(anchor) {
    const { conversation } = this.props;
    const { timeline } = conversation;
    const list = this.#list;
    if (!list) {
      return;
    }
    const target =
      timeline.target !== this.#shown && this.#rowOf(`[data-seq="${timeline.target}"]`);
    if (target) {
      this.#shown = timeline.target;
      this.#show(target, 'center');
    } else if (!this.#isPlaced && conversation.line.state === 'live') {
      const line = this.#rowOf('.line.new');
      if (line) {
        this.#show(line, 'start');
      }
      this.#follow();
      this.#isPlaced = timeline.messages.length > 0;
    } else if (timeline.isFollowing) {
      this.#follow();
    } else if (anchor) {
      const row = this.#rows().find(({ dataset }) => dataset.key === anchor.key);
      list.scrollTop += row ? row.getBoundingClientRect().top - anchor.top : 0;
    }
    this.#fetch();
    this.#read();
  }

  /** @param {HTMLElement} row @param {'center' | 'start'} block */
  #show(row, block) {
    row.scrollIntoView({ block });
    this.props.conversation.timeline.isFollowing = this.#isNearEnd();
  }

  #follow() {
    if (this.#list && this.props.conversation.timeline.isFollowing) {
      this.#list.scrollTop = this.#list.scrollHeight;
    }
  }

  #isNearEnd() {
    const { timeline } = this.props.conversation;
    return timeline.isAtEnd && this.#pxToEnd() < TimelineView.#NEAR_PX;
  }

  #pxToEnd() {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = this.#list ?? {};
    return scrollHeight - scrollTop - clientHeight;
  }

  #fetch() {
    const { timeline, line } = this.props.conversation;
    if (line.state !== 'live' || !this.#list) {
      return;
    }
    if (this.#list.scrollTop < TimelineView.#FETCH_PX) {
      timeline.loadOlder();
    }
    if (this.#pxToEnd() < TimelineView.#FETCH_PX) {
      timeline.loadNewer();
    }
  }

  #read() {
    if (document.visibilityState === 'visible' && this.#isPlaced) {
      this.props.conversation.read();
    }
  }

  #onScroll = () => {
    const { conversation } = this.props;
    const { timeline } = conversation;
    const was = timeline.isFollowing;
    timeline.isFollowing = this.#isNearEnd();
    this.#fetch();
    this.#read();
    if (was !== timeline.isFollowing) {
      this.forceUpdate();
    }
  };

  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    const steps = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1 });
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const rows = this.#rows().filter((row) => row.classList.contains('message'));
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const end = /** @type {HTMLElement} */ (this.#list).getBoundingClientRect().bottom;
    const next =
      at < 0 ? rows.findLastIndex((row) => row.getBoundingClientRect().top < end) : at + step;
    if (rows[next]) {
      event.preventDefault();
      rows[next].focus({ preventScroll: true });
      rows[next].scrollIntoView({ block: 'nearest' });
    }
  };

  /** @param {Event} event */
  #onPoint = (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest?.('.message');
    const active = /** @type {HTMLElement | null} */ (row)?.dataset.key ?? '';
    if (active !== this.state.active) {
      this.setState({ active });
    }
  };

  /** @returns {HTMLElement[]} */
  #rows() {
    return Array.from(/** @type {any} */ (this.#list?.firstElementChild?.children) ?? []);
  }

  /** @param {string} selector @returns {HTMLElement | null} */
  #rowOf(selector) {
    return this.#list?.querySelector(selector) ?? null;
  }

  render() {
    const { conversation, deeds } = this.props;
    const { timeline, outbox, mark, me, name } = conversation;
    const rows = rowsOf(timeline, outbox.pending, { id: me, name }, mark.line);
    const { active } = this.state;
    const row = (/** @type {import('../model/rows.js').Row} */ each) => html`<${RowView}
      key=${each.key}
      row=${each}
      name=${name}
      isActive=${each.key === active}
      isTarget=${each.type === 'message' && each.message.seq === timeline.target}
      deeds=${deeds}
    />`;
    return html`<div class="conversation">
      <div
        id="timeline"
        class="timeline"
        role="log"
        aria-live="off"
        aria-label=${t.conversation}
        tabindex="0"
        ref=${(/** @type {HTMLElement | null} */ list) => (this.#list = list)}
        onScroll=${this.#onScroll}
        onKeyDown=${this.#onKeyDown}
        onMouseOver=${this.#onPoint}
        onfocusin=${this.#onPoint}
        onClick=${this.#onPoint}
      >
        <ol class="rows">${rows.map(row)}</ol>
        ${timeline.search === 'gone' && html`<p class="line"><span>${t.targetGone}</span></p>`}
        ${rows.length < 2 && timeline.beginning === 'first' && html`<p class="empty">${t.empty}</p>`}
      </div>
      ${
        !timeline.isFollowing &&
        html`<button type="button" class="jump" onClick=${() => this.#toEnd()}>
        ${timeline.unseen > 0 ? t.unseen(timeline.unseen) : t.toNewest} <${Icon} name="down" />
      </button>`
      }
    </div>`;
  }

  #toEnd() {
    this.props.conversation.timeline.toEnd();
    this.forceUpdate();
    this.#list?.focus();
  }
}
