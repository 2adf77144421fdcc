// Elements out of plain values. Text only ever enters the page as text nodes: nothing here reads markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element.
 *
 * @param {string} tag
 * @param {object} properties attributes by name; `class`, `data` (an object), `on` (listeners by event). An attribute
 *   that is true is there without a value; one that is false, null or undefined is left out.
 * @param {...(Node|string|null|false)} children
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, data = {}, ...attributes } = properties;
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  Object.assign(element.dataset, data);
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  append(element, children);
  return element;
}

export function setAttribute(element, name, value) {
  if (/^on|^style$|^srcdoc$/i.test(name)) throw new Error(`the attribute ${name} is never set from values`);
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** A picture out of the sprite in the document; it says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

export function replaceChildren(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/**
 * A link to another site, or null where the address is not one of the web: articles come from anywhere, and an
 * address such as `javascript:...` must never become something to click.
 */
export function outsideLink(address, properties, ...children) {
  const href = webAddress(address);
  if (!href) return null;
  return el("a", { ...properties, href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** The address in the form that the browser follows, if it is one of http or https; else null. */
export function webAddress(address) {
  if (!/^https?:\/\//i.test(String(address).trim())) return null;
  try {
    const url = new URL(String(address).trim());
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}
