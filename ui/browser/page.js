// Streamlit's own texts have no translation. This exchanges them as they appear, moves the focus and loads the page anew where a screen asks for it.
(() => {
  // Inside somebody else's page this is the embedded application, whatever the address says: there are fewer pages then.
  const address = new URL(location);
  if (self !== top && address.searchParams.get("embed") !== "true") {
    address.searchParams.set("embed", "true");
    history.replaceState(null, "", address);
  }

  const ATTRIBUTES = ["aria-label", "placeholder", "title", "alt"];
  const PATTERNS = Object.entries(CHINESE.patterns).map(([from, to]) => [new RegExp(`^${from}$`), to]);

  const translated = (text) => {
    const words = text.trim();
    if (!words || !/[A-Za-z]/.test(words)) return null;
    if (Object.hasOwn(CHINESE.words, words)) return text.replace(words, () => CHINESE.words[words]);
    const found = PATTERNS.find(([from]) => from.test(words));
    return found ? text.replace(words, () => words.replace(found[0], found[1])) : null;
  };

  const translateText = (node) => {
    const to = translated(node.data);
    if (to !== null && to !== node.data) node.data = to;
  };

  const translateElement = (element) => {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      const to = value && translated(value);
      if (to && to !== value) element.setAttribute(name, to);
    }
  };

  const visit = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    translateElement(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) (walker.currentNode.nodeType === Node.TEXT_NODE ? translateText : translateElement)(walker.currentNode);
  };

  // An element with data-focus="n" takes the focus once for each n; 0 is a visit's first screen and leaves the focus alone.
  let focused = "0";
  const focus = () => {
    const element = document.querySelector("[data-focus]");
    if (!element || element.dataset.focus === focused) return;
    focused = element.dataset.focus;
    element.focus({ preventScroll: true });
    document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
  };

  // The second press of a double-click may come once the next screen is there: it does not mean the answer that has come under the pointer.
  let pressed = {};
  let ignoring = false;
  let input = null;
  let since = -Infinity;
  const arrive = () => {
    if (pressed.screen === focused) return;
    const first = document.querySelector("[class*=st-key-inputs-] input");
    if (first === input) return;
    input = first;
    since = performance.now();
  };
  const press = ({ target, timeStamp, clientX: x, clientY: y }) => {
    const again = pressed.screen !== focused && timeStamp - since < 500 && Math.hypot(x - pressed.x, y - pressed.y) < 10;
    ignoring = again && target.closest?.("[class*=st-key-inputs-]");
    pressed = { x, y, screen: again ? pressed.screen : focused };
  };
  for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) {
    addEventListener(type, (event) => {
      if (type === "pointerdown") press(event);
      if (!ignoring || (type === "click" && !event.detail)) return; // a click without a press comes from the keyboard
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }

  // A screen that is no longer this visitor's asks to be loaded anew.
  let reloading = false;
  const reload = () => {
    if (reloading || !document.querySelector("[data-reload]")) return;
    reloading = true;
    location.reload();
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") translateElement(change.target);
      else if (change.type === "characterData") translateText(change.target);
      else change.addedNodes.forEach(visit);
    }
    focus();
    arrive();
    reload();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
})();
