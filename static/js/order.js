/* Rows of the admin in order: dragged by their grip, or moved with two buttons. The number fields stay what is saved; without this
   script one types them. */
const STEP = 10; // numbers between are left for rows to come, and a row that moves leaves the others as they are

const field = (row) => row.querySelector('input[name$="-order"]');
const rowOf = (input) => input.closest("tr, .inline-related");
const unwritten = new WeakSet(); // new rows that say nothing yet: they are not saved, so they get no number
const isRow = (each) => field(each) && !each.classList.contains("empty-form") && !unwritten.has(each);
const rowsBeside = (row) => [...row.parentElement.children].filter(isRow);
const number = (row) => Number(field(row).value) || 0;

function write(row, value) {
  if (number(row) === value) return;
  field(row).value = value;
  field(row).dispatchEvent(new Event("change", { bubbles: true }));
}

/* Between its neighbours if there is room, else all anew. */
function renumber(row) {
  const rows = rowsBeside(row), at = rows.indexOf(row);
  const before = at ? number(rows[at - 1]) : -1;
  const after = at + 1 < rows.length ? number(rows[at + 1]) : before + 2 * STEP;
  write(row, Math.max(0, Math.floor((before + after) / 2)));
  if (rows.some((each, n) => n && number(rows[n - 1]) >= number(each))) rows.forEach((each, n) => write(each, (n + 1) * STEP));
}

const said = document.createElement("p");
said.className = "order-said";
said.setAttribute("role", "status");
let quiet;

function tell(row) {
  const rows = rowsBeside(row);
  said.textContent = `Now ${rows.indexOf(row) + 1} of ${rows.length}. Save to keep this order.`;
  clearTimeout(quiet);
  quiet = setTimeout(() => (said.textContent = ""), 10_000); // it lies over the form
}

function put(row, place, target) {
  const before = rowsBeside(row);
  target[place](row);
  if (rowsBeside(row).some((each, n) => each !== before[n])) renumber(row);
  tell(row);
}

function step(row, by) {
  unwritten.delete(row);
  const target = rowsBeside(row)[rowsBeside(row).indexOf(row) + by];
  if (target) put(row, by < 0 ? "before" : "after", target);
  else tell(row);
}

function drag(grip, row, pointerId) {
  unwritten.delete(row);
  const rows = rowsBeside(row), others = rows.filter((each) => each !== row), list = row.parentElement;
  let place, target;
  const unmark = () => others.forEach((each) => each.classList.remove("drop-before", "drop-after"));
  const move = ({ clientY: y }) => {
    unmark();
    target = others.find((each) => y < each.getBoundingClientRect().top + each.offsetHeight / 2);
    place = target ? "before" : "after";
    target ??= others.at(-1);
    target?.classList.add(`drop-${place}`);
    if (y < 80) window.scrollBy(0, -24);
    if (y > window.innerHeight - 80) window.scrollBy(0, 24);
  };
  const end = (event) => {
    grip.removeEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) grip.removeEventListener(name, end);
    document.removeEventListener("keydown", escape);
    unmark();
    row.classList.remove("is-dragged");
    list.classList.remove("is-ordering");
    if (event.type === "pointerup" && target) put(row, place, target);
    row.scrollIntoView({ block: "nearest" });
  };
  const escape = (event) => event.key === "Escape" && end(event);
  grip.setPointerCapture(pointerId);
  grip.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) grip.addEventListener(name, end);
  document.addEventListener("keydown", escape);
  const top = grip.getBoundingClientRect().top;
  row.classList.add("is-dragged");
  list.classList.add("is-ordering"); // stacked forms shrink to their headings; the one in hand stays under the pointer
  window.scrollBy({ top: grip.getBoundingClientRect().top - top, behavior: "instant" });
}

function button(words, sign, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sign;
  made.title = words;
  made.setAttribute("aria-label", words);
  made.addEventListener("click", () => {
    press();
    made.focus(); // moving the row took it away
  });
  return made;
}

function equip(row) {
  const heading = row.querySelector(":scope > h3"), name = row.querySelector(".inline_label, .original p, th a")?.firstChild?.textContent.trim();
  const tools = document.createElement("span"), grip = document.createElement("span");
  tools.className = "order-tools";
  grip.className = "order-grip";
  grip.title = "Drag";
  grip.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    drag(grip, row, event.pointerId);
  });
  tools.append(grip, button(`Move up: ${name || "new"}`, "↑", () => step(row, -1)), button(`Move down: ${name || "new"}`, "↓", () => step(row, 1)));
  if (heading) heading.prepend(tools);
  else field(row).before(tools);
}

/* A list sorted by something else has no order to change. */
const table = document.getElementById("result_list");
if (!table || table.querySelector("th.column-order.sorted.ascending")) {
  const rows = [...document.querySelectorAll('input[name$="-order"]')].map(rowOf).filter((row) => row && !row.classList.contains("empty-form"));
  rows.forEach(equip);
  document.getElementById("content")?.append(said);
}

/* A new row goes to the end, once something is written into it. */
document.addEventListener("formset:added", ({ target: row }) => {
  if (!field(row)) return;
  equip(row);
  unwritten.add(row);
  row.addEventListener("input", ({ target }) => {
    if (unwritten.delete(row) && target !== field(row)) renumber(row);
  });
});
