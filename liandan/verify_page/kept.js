// Scripts of others that lie in the page as text, and run when they are asked for; the page's policy names their hashes.

/** What such a script leaves behind as `window[name]`. */
function runKept(id, name) {
  if (!window[name]) {
    const script = document.createElement("script");
    script.textContent = document.getElementById(id).textContent;
    document.head.append(script);
    script.remove();
  }
  return window[name];
}

const nobleEd25519 = async () => runKept("noble", "nobleEd25519");
