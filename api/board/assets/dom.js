// Elements are made here and nowhere else. Text only ever becomes text: names, arguments and
// output are other people's, and the page's policy forbids to parse them as markup.

const SVG = "http://www.w3.org/2000/svg";
const AS_PROPERTY = new Set(["value", "checked", "selected", "disabled", "hidden", "open", "required", "indeterminate"]);

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null) continue;
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    } else if (name === "style") {
      for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
    } else if (AS_PROPERTY.has(name)) {
      element[name] = value;
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Make an HTML element; `on` holds its handlers by event, `style` its properties. */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Make an SVG element. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** Give a link to another page of the board. */
export function link(href, props, ...children) {
  return h("a", { href, ...props }, ...children);
}

/** Give a link out of the board, unless it is no web address. */
export function outside(href, ...children) {
  const isWeb = ["http:", "https:"].includes(URL.parse(href)?.protocol);
  return isWeb ? h("a", { href, target: "_blank", rel: "noopener noreferrer", class: "outside" }, ...children) : null;
}

/** Call something once an element comes into sight. */
export function whenSeen(element, call, signal) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    call();
  });
  watch.observe(element);
  signal.addEventListener("abort", () => watch.disconnect());
}

const shown = new WeakMap();

/** Show what `build` gives unless `facts` are what is shown; the focus stays where it was. */
export function swap(host, facts, build) {
  const signature = JSON.stringify(facts);
  if (shown.get(host) === signature) return;
  shown.set(host, signature);
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  host.replaceChildren(...[build()].flat(Infinity).filter(Boolean));
  if (focused) host.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

/** Show something else in place of what `swap` showed. */
export function replace(host, ...children) {
  shown.delete(host);
  host.replaceChildren(...children);
}

/** Make a container show one element for each item, and touch only those that differ. */
export function keyed(container, items, key, build, facts = (item) => item) {
  const before = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let place = container.firstElementChild;
  for (const item of items) {
    const id = key(item);
    const signature = JSON.stringify(facts(item));
    let element = before.get(id);
    before.delete(id);
    if (!element || shown.get(element) !== signature) {
      const fresh = build(item);
      fresh.dataset.key = id;
      shown.set(fresh, signature);
      if (element) {
        const focused = element.contains(document.activeElement);
        if (place === element) place = fresh;
        element.replaceWith(fresh);
        if (focused) fresh.querySelector("a, button")?.focus();
      }
      element = fresh;
    }
    if (element === place) place = place.nextElementSibling;
    else container.insertBefore(element, place);
  }
  for (const gone of before.values()) gone.remove();
}
