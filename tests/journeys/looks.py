"""What must be true of every page, whatever is on it, as the browser has laid it out."""

from typing import Any

# One sentence for each fault. Widths and sizes are CSS pixels.
FAULTS = r"""() => {
  const found = [];
  const name = el => `${el.tagName.toLowerCase()}${el.id ? '#' + el.id : ''}${el.className && el.className.baseVal === undefined
    ? '.' + [...el.classList].join('.') : ''} "${(el.innerText || el.value || '').trim().slice(0, 40)}"`;
  const box = el => el.getBoundingClientRect();
  const drawn = el => el.checkVisibility({visibilityProperty: true, opacityProperty: true}) && box(el).width > 1 && box(el).height > 1;
  const clipped = el => Boolean(el.closest('.visually-hidden, .skip')) || getComputedStyle(el).clipPath.startsWith('inset(50%');

  const heads = [...document.querySelectorAll('h1')].filter(drawn);
  if (heads.length !== 1) found.push(`${heads.length} h1`);
  if (!/\S+ - Portal SPBE/.test(document.title)) found.push(`title "${document.title}"`);
  if (document.documentElement.lang !== 'id') found.push('language');
  const wide = document.documentElement;
  if (wide.scrollWidth > wide.clientWidth) {
    const widest = [...document.querySelectorAll('main *, header *, footer *')].filter(el => drawn(el) && !clipped(el)
      && box(el).right > wide.clientWidth + 1 && !el.closest('.mainnav, .scrolls'));
    found.push(`scrolls sideways to ${wide.scrollWidth}: ${widest.slice(-2).map(name).join(', ')}`);
  }
  for (const field of document.querySelectorAll('input:not([type=hidden], [type=submit]), select, textarea')) {
    if (!field.labels?.length && !field.getAttribute('aria-label') && !field.getAttribute('aria-labelledby'))
      found.push(`no label: ${name(field)}`);
  }
  const [places, account] = ['.mainnav li:last-child', '.account'].map(one => document.querySelector(one)).map(el => el && box(el));
  if (places && account && places.bottom > account.top && places.top < account.bottom && places.right > account.left)
    found.push('the places of the head run into the account');
  const seen = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const el = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || seen.has(el) || el.closest('script, style, noscript, svg, select, .visually-hidden')) continue;
    seen.add(el);
    if (parseFloat(getComputedStyle(el).fontSize) < 14 && drawn(el) && !clipped(el))
      found.push(`text of ${getComputedStyle(el).fontSize}: ${name(el)}`);
  }
  const isInline = el => getComputedStyle(el).display === 'inline';
  const inSentence = el => isInline(el) && [...el.parentElement.childNodes].some(other => other !== el && other.textContent.trim());
  // A label belongs to the target, and so does the line a link stands on alone.
  const target = el => {
    const own = [box(el), ...(el.labels ? [...el.labels].map(box) : [])];
    const line = isInline(el) ? parseFloat(getComputedStyle(el).lineHeight) || 0 : 0;
    return [Math.max(...own.map(b => b.width)), Math.max(line, ...own.map(b => b.height))];
  };
  for (const el of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    if (!drawn(el) || clipped(el) || inSentence(el)) continue;
    const [width, height] = target(el);
    if (width < 24 || height < 24) found.push(`target of ${Math.round(width)}x${Math.round(height)}: ${name(el)}`);
  }
  return found;
}"""

# WCAG 1.4.11: the edge of a control against what lies around it.
EDGES = r"""() => {
  const rgba = text => { const n = text.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const lit = c => { const [r, g, b] = c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ratio = (a, b) => { const [x, y] = [lit(a), lit(b)].sort((m, n) => n - m); return (x + .05) / (y + .05); };
  const behind = el => { for (let p = el.parentElement; p; p = p.parentElement) {
    const c = rgba(getComputedStyle(p).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  const found = [];
  for (const el of document.querySelectorAll('main input:not([type=hidden]), main select, main textarea, main .btn-secondary')) {
    if (!el.checkVisibility({opacityProperty: true}) || el.getBoundingClientRect().width < 2 || el.disabled) continue;
    const style = getComputedStyle(el), ground = behind(el);
    if (parseFloat(style.opacity) === 0) continue;
    const edge = parseFloat(style.borderTopWidth) > 0 ? rgba(style.borderTopColor) : rgba(style.backgroundColor);
    const best = Math.max(edge[3] === 1 ? ratio(edge, ground) : 1, ratio(rgba(style.backgroundColor), ground));
    if (best < 3) found.push(`edge ${best.toFixed(2)}:1 of ${el.tagName.toLowerCase()}#${el.id || el.className}`);
  }
  return found;
}"""


def faults(page: Any) -> list[str]:
    return page.evaluate(FAULTS)


def faint_edges(page: Any) -> list[str]:
    """Controls whose border is less than 3:1 (U-61)."""
    return page.evaluate(EDGES)
