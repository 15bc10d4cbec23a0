// morph: lays new markup over old markup, touching only what differs: focus, hover, open popovers and playing
// pictures stay. Children are matched by id or data-key, else by position; [data-client] marks what a script added.

const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.key || "" : "");
// What the browser itself, or a script of the page, keeps on an element; the server never sends these.
const OWN = new Set(["open", "style", "data-ready", "data-at", "data-client-children"]);

/** Make `old`'s attributes and children those of `fresh`. */
export function morph(old, fresh) {
  attributes(old, fresh);
  children(old, fresh);
}

/** Make `parent`'s children those of `fresh` (an element or a fragment). */
export function children(parent, fresh) {
  if (parent.hasAttribute?.("data-client-children")) return;
  const byKey = new Map([...parent.childNodes].filter(keyOf).map((node) => [keyOf(node), node]));
  let at = parent.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    while (at?.nodeType === 1 && at.hasAttribute("data-client")) at = at.nextSibling;
    const key = keyOf(wanted);
    const match = key ? byKey.get(key) : at && !keyOf(at) && at.nodeName === wanted.nodeName ? at : null;
    if (!match || match.nodeName !== wanted.nodeName) {
      parent.insertBefore(wanted, at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else parent.insertBefore(match, at);
    update(match, wanted);
    byKey.delete(key);
  }
  while (at) {
    const next = at.nextSibling;
    if (!(at.nodeType === 1 && at.hasAttribute("data-client"))) at.remove();
    at = next;
  }
}

function update(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
  } else if (!old.isEqualNode(fresh)) morph(old, fresh);
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OWN.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
