// Lists in forms: one more, one less, places numbered 0, 1, 2 … so that no list ever has a hole.
// A row of <template> has __n__ wherever its number belongs.

const NUMBERED = ["data-path", "data-rows", "name", "id", "for", "aria-describedby", "list"];

function renumber(list) {
  const before = `${list.dataset.rows}.`;
  const rows = [...list.querySelectorAll(":scope > [data-row]")];
  rows.forEach((row, number) => {
    for (const node of [row, ...row.querySelectorAll("*")]) {
      for (const name of NUMBERED) {
        const value = node.getAttribute(name);
        if (!value) continue;
        if (value.startsWith(before)) {
          node.setAttribute(name, before + value.slice(before.length).replace(/^[^.]+/, String(number)));
        } else if (/^f-/.test(value)) {
          const id = `f-${before.replaceAll(".", "-")}`;
          if (value.startsWith(id)) node.setAttribute(name, id + value.slice(id.length).replace(/^[^-]+/, String(number)));
        }
      }
    }
    const legend = row.querySelector(":scope > legend");
    if (legend && (legend.textContent === "" || /\d+/.test(legend.textContent))) {
      legend.textContent = legend.textContent.replace(/\d+/, String(number + 1)) || `${number + 1}`;
    }
  });
  const add = list.querySelector(":scope > [data-add]");
  if (add) add.disabled = rows.length >= Number(list.dataset.most || 64);
}

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add]");
  const remove = event.target.closest("[data-remove]");
  const all = event.target.closest("[data-all]");
  if (add) {
    const list = add.closest("[data-rows]");
    const template = list.querySelector(":scope > template");
    list.insertBefore(template.content.cloneNode(true), template);
    renumber(list);
    const rows = list.querySelectorAll(":scope > [data-row]");
    rows[rows.length - 1].querySelector("input, select, textarea")?.focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (remove) {
    const list = remove.closest("[data-rows]");
    remove.closest("[data-row]").remove();
    renumber(list);
    list.dispatchEvent(new Event("change", { bubbles: true }));
    list.querySelector(":scope > [data-add]")?.focus();
  } else if (all) {
    const boxes = all.closest("fieldset").querySelectorAll('input[type="checkbox"]');
    for (const box of boxes) box.checked = true;
    boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// Signed by one's own party alone: the others go out of `by`, and come back.
document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-alone]");
  if (!box) return;
  const form = box.closest("form");
  const script = form.querySelector("script[data-proposal]");
  const proposal = JSON.parse(script.textContent);
  form.liandanBy ??= proposal.by;
  proposal.by = box.checked ? [box.dataset.alone] : form.liandanBy;
  script.textContent = JSON.stringify(proposal);
  for (const input of form.querySelectorAll("[data-on^='by.']")) input.disabled = box.checked;
});
