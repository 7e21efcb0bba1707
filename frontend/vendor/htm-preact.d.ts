/** What the page uses of htm/preact/standalone, which comes without types. */
export type Child = VNode | string | number | boolean | null | undefined | Child[];
export interface VNode {
  type: unknown;
}
export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
export function h(type: unknown, props?: object | null, ...children: Child[]): VNode;
export function render(node: Child, parent: Element): void;
export class Component<P = {}, S = {}> {
  constructor(props: P);
  props: P;
  state: S;
  base: Element | null;
  setState(change: Partial<S>, done?: () => void): void;
  forceUpdate(): void;
}
export function useState<T>(first: T | (() => T)): [T, (value: T) => void];
export function useRef<T>(first: T | null): { current: T | null };
export function useEffect(effect: () => void | (() => void), inputs?: unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), inputs?: unknown[]): void;
